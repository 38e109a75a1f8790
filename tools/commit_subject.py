"""Hold the subject of a commit against the rule: it begins with the area, as in ``engine: …``.

``python tools/commit_subject.py FILE``: Git's hook names the file of the message.
"""

import re
import sys
from pathlib import Path

SUBJECT = re.compile(r"[a-z][a-z0-9_./-]*: \S.*")
# Git writes these itself.
OF_GIT = ("Merge ", "Revert ", "fixup! ", "squash! ", "amend! ")
AT_MOST = 100


def fault(message: str) -> str | None:
    """Return what is wrong with the subject of ``message``, or None."""
    subject = message.partition("\n")[0]
    if subject.startswith(OF_GIT):
        return None
    if not SUBJECT.fullmatch(subject):
        return f"{subject!r} names no area; write one before it, as in 'engine: settle excuses'"
    if len(subject) > AT_MOST:
        return f"the subject has {len(subject)} characters; {AT_MOST} at most, the rest below"
    return None


if __name__ == "__main__":
    found = fault(Path(sys.argv[1]).read_text(encoding="utf-8"))
    if found is not None:
        sys.exit(f"error: {found}")
