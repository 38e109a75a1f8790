"""What is tried is never taken for what counts, and what a page says to paste can be pasted."""

import os
import shlex
import subprocess
from pathlib import Path

import pytest
from tests.cli.conftest import Read, Run
from tests.warm import python

PAGES = {
    "open": ("open", "plan.yaml", "--label", "q", "--rehearsal", "--now", "2025-03-01T09:00"),
    "list": ("list",),
    "status": ("status", "p"),
    "next": ("next", "p"),
    "history": ("history", "p"),
    "no entry of a kind": ("history", "p", "--kind", "waive"),
    "show": ("show", "p", 3),
    "keys": ("keys", "p"),
    "tick": ("tick", "p", "--now", "2025-03-30"),
    "filed": ("note", "p", "--by", "north", "--now", "2025-03-02T13:00"),
    "tried": ("note", "p", "--by", "north", "--now", "2025-03-02T13:00", "--dry-run"),
    "plan": ("amend", "p", "plan.yaml", "--plan"),
    "draw": ("draw", "p"),
    "timeline": ("timeline", "p"),
    "verify": ("audit", "verify", "p"),
    "replay": ("audit", "replay", "p"),
    "export": ("audit", "export", "p", "exported"),
}
DOCUMENTS = ("status", "next", "show", "keys", "filed", "replay")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_about_a_rehearsal_says_so(released: Run, page: str) -> None:
    result = released(*PAGES[page], code=1 if page == "plan" else 0)

    assert "rehearsal" in result.stdout.lower()


@pytest.mark.parametrize("page", DOCUMENTS)
def test_documents_for_programs_say_whether_it_is_a_rehearsal(
    released: Run, read: Read, page: str
) -> None:
    document = read(*PAGES[page])

    assert document["rehearsal"] is True


def test_what_counts_bears_no_mark(run: Run) -> None:
    run("open", "plan.yaml", "--label", "p")
    run("note", "p", "--by", "north")

    pages = [run(*PAGES[page]).stdout for page in ("list", "status", "next", "history", "keys")]

    assert not any("rehearsal" in page.lower() for page in pages)


@pytest.mark.parametrize("is_on_path", [True, False])
def test_what_the_demonstration_says_to_look_at_can_be_pasted(here: Path, is_on_path: bool) -> None:
    folder = here / "bin"
    folder.mkdir()
    program = folder / "phaseflow"
    program.write_text(
        f"#!{python()}\nfrom phaseflow.cli.main import main\n\nraise SystemExit(main())\n"
    )
    program.chmod(0o755)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}" if is_on_path else "/usr/bin:/bin"
    environment = {**os.environ, "PATH": path}
    shown = subprocess.run(
        ["bin/phaseflow", "demo", "--database", "a record.db"],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    hint = shown.stdout.splitlines()[-1].strip()

    pasted = subprocess.run(
        ["sh", "-c", hint], capture_output=True, text=True, check=True, env=environment
    )

    assert shlex.split(hint)[0] == ("phaseflow" if is_on_path else "bin/phaseflow")
    assert "prisoners" in pasted.stdout
