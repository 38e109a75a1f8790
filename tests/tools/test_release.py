"""A release gives what was unreleased its version, and refuses what cannot be one."""

import shutil
import subprocess
from pathlib import Path

import pytest
import release
from release import NotReleasedError, with_section, with_version

CHANGELOG = "# Changelog\n\n## Unreleased\n\n- New.\n\n## 0.1.0 (2026-01-01)\n\n- First.\n"


def test_what_was_unreleased_stands_under_its_version() -> None:
    released = with_section(CHANGELOG, "0.2.0", "2026-12-01")

    assert released == CHANGELOG.replace(
        "## Unreleased\n", "## Unreleased\n\n## 0.2.0 (2026-12-01)\n"
    )


def test_nothing_new_is_not_released() -> None:
    changelog = CHANGELOG.replace("- New.\n", "")

    with pytest.raises(NotReleasedError, match="nothing under '## Unreleased'"):
        with_section(changelog, "0.2.0", "2026-12-01")


@pytest.mark.parametrize("version", ["0.2", "v0.2.0", "0.2.0rc1", "00.2.0", ""])
def test_a_version_is_three_numbers(version: str) -> None:
    with pytest.raises(NotReleasedError, match="is not a version"):
        with_version('version = "0.1.0"\n', version)


def test_versions_rise_by_number() -> None:
    assert with_version('version = "0.9.0"\n', "0.10.0") == 'version = "0.10.0"\n'
    with pytest.raises(NotReleasedError, match=r"0\.9\.0 is lower than 0\.10\.0"):
        with_version('version = "0.10.0"\n', "0.9.0")


def test_a_release_that_fails_leaves_the_files_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, changelog = tmp_path / "pyproject.toml", tmp_path / "CHANGELOG.md"
    project.write_text('[project]\nname = "phaseflow"\nversion = "0.1.0"\n')
    changelog.write_text(CHANGELOG)
    git = shutil.which("git")
    assert git is not None
    identity = ("-c", "user.name=t", "-c", "user.email=t@test")
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "begin"]):
        subprocess.run([git, *identity, *command], cwd=tmp_path, check=True)
    for name, value in {"ROOT": tmp_path, "PROJECT": project, "CHANGELOG": changelog}.items():
        monkeypatch.setattr(release, name, value)

    # There is no build system here.
    with pytest.raises(subprocess.CalledProcessError):
        release.release("0.2.0")

    assert project.read_text() == '[project]\nname = "phaseflow"\nversion = "0.1.0"\n'
    assert changelog.read_text() == CHANGELOG
