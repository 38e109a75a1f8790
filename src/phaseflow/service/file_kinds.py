"""What a file is, whatever its name says, and what can be done with it instead."""

import re
from pathlib import Path
from typing import NamedTuple

from phaseflow.journal.folder import is_bundle

ENOUGH = 2**16
"""So many bytes tell what a file is."""


class FileKind(NamedTuple):
    """What a thing is, as a sentence names it, and what to do with it."""

    name: str
    instead: str


DEFINITION = FileKind("a definition", "check it with `phaseflow check`")
SCENARIO = FileKind("a scenario", "play it with `phaseflow rehearse DEFINITION SCENARIO`")
EXPORT = FileKind("an exported journal", "check it with `phaseflow audit verify`")
FOLDER = FileKind("a folder", "name a file in it")
_DATABASE = FileKind("an SQLite database", "name it with --database")
_STATEMENT = FileKind("a statement in JSON", "file it with `phaseflow file`")
_SIGNATURE = FileKind("a signature", "it goes beside its statement: `phaseflow file`")
_PUBLIC = FileKind("a public key", "it belongs to --key or `phaseflow key set`")
_PRIVATE = FileKind("a PRIVATE KEY", "keep it to yourself; --sign-with takes it")
_CHECKPOINT = FileKind("a checkpoint", "hold a journal against it: `phaseflow audit verify --pin`")
_JSON = FileKind("JSON", "definitions and scenarios are YAML")
_PAPER = "a definition is a text in YAML: begin with `phaseflow new`"

_MARKS: tuple[tuple[str, FileKind], ...] = (
    (r"SQLite format 3\0", _DATABASE),
    (r"%PDF-", FileKind("a PDF", _PAPER)),
    (r"PK\x03\x04", FileKind("a DOCX, or another archive", _PAPER)),
    (r"\xd0\xcf\x11\xe0", FileKind("an old Office document", _PAPER)),
    (r"\{\\rtf", FileKind("an RTF document", _PAPER)),
    (r"\x89PNG|\xff\xd8\xff|GIF8|\s*<svg", FileKind("a picture", _PAPER)),
    (r"\s*<(!DOCTYPE|html)", FileKind("a web page", _PAPER)),
    (r"-----BEGIN ([A-Z]+ )*PRIVATE KEY-----", _PRIVATE),
    (r"-----BEGIN SSH SIGNATURE-----", _SIGNATURE),
    (r"(ssh-|ecdsa-|sk-)\S+ AAAA|-----BEGIN ([A-Z]+ )*PUBLIC KEY-----", _PUBLIC),
    (r"phaseflow-checkpoint-v", _CHECKPOINT),
    (r'\s*\{\s*"(actor|agreement|body)"', _STATEMENT),
    (r"\s*[\[{]\s*[\"{\[]", _JSON),
)
_TELLING = [(re.compile(mark.encode()), kind) for mark, kind in _MARKS]
_DEFINES = re.compile(rb"^(\xef\xbb\xbf)?phaseflow[ \t]*:", re.MULTILINE)
_PLAYS = re.compile(rb"^(\xef\xbb\xbf)?events[ \t]*:", re.MULTILINE)


def kind_of_folder(path: Path) -> FileKind | None:
    """Return what a directory is, or None where ``path`` is none."""
    if not path.is_dir():
        return None
    return EXPORT if is_bundle(str(path)) else FOLDER


def kind_of(content: bytes) -> FileKind | None:
    """Return what ``content`` is, or None where it may be anything."""
    for mark, kind in _TELLING:
        if mark.match(content):
            return kind
    if _DEFINES.search(content):
        return DEFINITION
    return SCENARIO if _PLAYS.search(content) else None
