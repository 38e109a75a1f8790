"""Make a release: version, changelog, packages that were tried, a commit and a tag.

``make release VERSION=0.2.0`` runs it after ``make check``. Nothing is pushed, and
nothing is left behind where it fails.
"""

import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = ROOT / "pyproject.toml"
CHANGELOG = ROOT / "CHANGELOG.md"
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_PRESENT = re.compile(r'^version = "([^"]+)"$', re.MULTILINE)
_UNRELEASED = "## Unreleased\n"


class NotReleasedError(Exception):
    """The release cannot be made; the message says why, and what to do."""


def order(version: str) -> tuple[int, ...]:
    """Return what versions are ordered by.

    Raises:
        NotReleasedError: ``version`` is not of the form MAJOR.MINOR.PATCH.
    """
    found = VERSION.fullmatch(version)
    if found is None:
        msg = f"{version!r} is not a version; write three numbers, as in 0.2.0"
        raise NotReleasedError(msg)
    return tuple(map(int, found.groups()))


def with_version(project: str, version: str) -> str:
    """Return ``project``, the text of pyproject.toml, with that ``version``.

    Raises:
        NotReleasedError: it is lower than the present one.
    """
    present = _PRESENT.search(project)
    if present is None:
        msg = 'pyproject.toml names no version; write version = "0.1.0" into [project]'
        raise NotReleasedError(msg)
    if order(version) < order(present[1]):
        msg = f"{version} is lower than {present[1]}, the present version; choose a higher one"
        raise NotReleasedError(msg)
    return _PRESENT.sub(f'version = "{version}"', project)


def with_section(changelog: str, version: str, day: str) -> str:
    """Return ``changelog`` with what was unreleased under the heading of ``version``.

    Raises:
        NotReleasedError: nothing is unreleased.
    """
    before, heading, after = changelog.partition(_UNRELEASED)
    changes = after.partition("\n## ")[0].strip()
    if not heading or not changes:
        msg = "CHANGELOG.md holds nothing under '## Unreleased'; write there what has changed"
        raise NotReleasedError(msg)
    return f"{before}{_UNRELEASED}\n## {version} ({day})\n{after}"


def release(version: str) -> None:
    """Write version and changelog, build and try the packages, commit and tag.

    Raises:
        NotReleasedError: something prevents it; the files are as before.
    """
    tag = f"v{version}"
    if _said("git", "status", "--porcelain"):
        msg = "some files are not committed; commit them, or stash them"
        raise NotReleasedError(msg)
    if _said("git", "tag", "--list", tag):
        msg = f"there is a tag {tag} already; choose a higher version"
        raise NotReleasedError(msg)
    before = {path: path.read_text(encoding="utf-8") for path in (PROJECT, CHANGELOG)}
    day = datetime.now(UTC).date().isoformat()
    after = {
        PROJECT: with_version(before[PROJECT], version),
        CHANGELOG: with_section(before[CHANGELOG], version, day),
    }
    try:
        for path, text in after.items():
            path.write_text(text, encoding="utf-8")
        built = _built(version)
        _try(built, version)
        _run("git", "commit", "--quiet", "--all", "--message", f"release: {version}")
        _run("git", "tag", "--annotate", tag, "--message", f"phaseflow {version}")
    except (NotReleasedError, OSError, subprocess.CalledProcessError):
        for path, text in before.items():
            path.write_text(text, encoding="utf-8")
        raise
    sys.stdout.write(f"{version} is tagged {tag}, and its packages are in dist/.\n")
    sys.stdout.write(f"Publish it: git push origin HEAD {tag}\n")


def _built(version: str) -> Path:
    """Build the packages in ``dist/``, and return the wheel."""
    _run(sys.executable, "-m", "hatchling", "build")
    return ROOT / "dist" / f"phaseflow-{version}-py3-none-any.whl"


def _try(wheel: Path, version: str) -> None:
    """Install ``wheel`` alone, in an environment of its own, and run the demonstration."""
    with tempfile.TemporaryDirectory() as directory:
        _run(sys.executable, "-m", "venv", directory)
        pip = (f"{directory}/bin/python", "-m", "pip", "install", "--quiet")
        _run(
            *pip, "--no-deps", "--require-hashes", "--requirement", str(ROOT / "requirements.lock")
        )
        _run(*pip, "--no-deps", str(wheel))
        told = _said(f"{directory}/bin/phaseflow", "--version", cwd=directory)
        if told != f"phaseflow {version}":
            msg = f"what was built calls itself {told!r}; look at pyproject.toml"
            raise NotReleasedError(msg)
        _said(f"{directory}/bin/phaseflow", "demo", cwd=directory)


def _run(*command: str) -> None:
    subprocess.run(command, cwd=ROOT, check=True)


def _said(*command: str, cwd: str | None = None) -> str:
    done = subprocess.run(command, cwd=cwd or ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


def main() -> int:
    """Release the version that is given; return the exit code."""
    if len(sys.argv) != len(["release.py", "VERSION"]) or not sys.argv[1]:
        sys.stderr.write("name the version: make release VERSION=0.2.0\n")
        return 2
    try:
        release(sys.argv[1])
    except NotReleasedError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"error: {' '.join(map(str, error.cmd))} ended with {error.returncode}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
