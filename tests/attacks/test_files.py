"""A bundle holds its files and nothing else: no links, pipes, odd names; and no byte changed."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.attacks.conftest import broken
from tests.attacks.forge import ATTACHMENT, DEFINITION, SALT, History, sha256, spelled
from tests.attacks.verdicts import Found, verdict

Spoil = Callable[[Path], object]


@pytest.fixture
def bundle(good: History, tmp_path: Path) -> Path:
    return good.write(tmp_path / "bundle")


def judged(bundle: Path, good: History) -> Found:
    return verdict(bundle, good.id)


def link(path: Path, target: Path | str) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def linked_folder(bundle: Path) -> None:
    (bundle / "definitions").rename(bundle.parent / "elsewhere")
    (bundle / "definitions").symlink_to(bundle.parent / "elsewhere")


def linked_copy(bundle: Path) -> None:
    (bundle / "entries.jsonl").rename(bundle.parent / "entries")
    (bundle / "entries.jsonl").symlink_to(bundle.parent / "entries")


def pipe(bundle: Path) -> None:
    (bundle / "disclosures.jsonl").unlink()
    os.mkfifo(bundle / "disclosures.jsonl")


def folder_for_a_file(bundle: Path) -> None:
    (bundle / "README").mkdir()


def file_for_a_folder(bundle: Path) -> None:
    (bundle / "attachments" / sha256(ATTACHMENT)).unlink()
    (bundle / "attachments").rmdir()
    (bundle / "attachments").touch()


ODD: dict[str, Spoil] = {
    "another file": lambda b: (b / "notes.txt").touch(),
    "a hidden file": lambda b: (b / ".htaccess").touch(),
    "another folder": lambda b: (b / "more").mkdir(),
    "a name that differs in case": lambda b: (b / "readme").touch(),
    "a name with a line feed": lambda b: (b / "README\n").touch(),
    "a name that looks like an option": lambda b: (b / "--id").touch(),
    "a name that is no UTF-8": lambda b: os.close(os.open(os.fsencode(b) + b"/\xff", os.O_CREAT)),
    "an attachment that looks like an option": lambda b: (b / "attachments" / "-rf").touch(),
    "an attachment with a line feed": lambda b: (b / "attachments" / ("0" * 64 + "\n")).touch(),
    "an attachment in capitals": lambda b: (b / "attachments" / ("A" * 64)).touch(),
    "a folder among attachments": lambda b: (b / "attachments" / ("0" * 64)).mkdir(),
    "a definition of another name": lambda b: (b / "definitions" / "definition.yaml").touch(),
    "a signature of a strange name": lambda b: (b / "checkpoints" / "00000005.Egypt.sig").touch(),
    "a signature of two names": lambda b: (b / "checkpoints" / "00000005.a.b.sig").touch(),
    "a signature of no checkpoint": lambda b: (b / "checkpoints" / "00000006.egypt.sig").touch(),
    "a checkpoint of a short name": lambda b: (b / "checkpoints" / "5.txt").touch(),
    "a checkpoint of a name in other digits": lambda b: (
        b / "checkpoints" / "\u0660000000\u0665.txt"
    ).touch(),
    "entries that are a link": linked_copy,
    "definitions that are a link": linked_folder,
    "a definition that is a link": lambda b: link(b / "definitions" / DEFINITION, "/etc/passwd"),
    "a link to nothing": lambda b: link(b / "attachments" / ("0" * 64), "nowhere"),
    "a link upwards": lambda b: link(b / "README", ".."),
    "a signature that is a link": lambda b: link(
        b / "checkpoints" / "00000005.egypt.sig", "00000005.israel.sig"
    ),
    "disclosures that are a pipe": pipe,
    "a folder for a file": folder_for_a_file,
    "a file for a folder": file_for_a_folder,
    "no entries": lambda b: (b / "entries.jsonl").unlink(),
}


@pytest.mark.parametrize("name", ODD)
def test_what_does_not_belong_in_a_bundle_is_refused_before_it_is_opened(
    bundle: Path, good: History, name: str
) -> None:
    ODD[name](bundle)

    assert judged(bundle, good) == broken("file", None)


def test_there_is_no_bundle_where_there_is_no_directory(bundle: Path, good: History) -> None:
    assert judged(bundle / "nowhere", good) == broken("file", None)


CHANGED: dict[str, tuple[Spoil, str, int | None]] = {
    "a definition": (lambda b: (b / "definitions" / DEFINITION).write_bytes(b"x"), "definition", 0),
    "a definition that is missing": (
        lambda b: (b / "definitions" / DEFINITION).unlink(),
        "definition",
        0,
    ),
    "a definition that never applied, of another name": (
        lambda b: (b / "definitions" / ("0" * 64)).touch(),
        "definition",
        None,
    ),
    "an attachment": (
        lambda b: (b / "attachments" / sha256(ATTACHMENT)).write_bytes(b"x"),
        "attachment",
        None,
    ),
    "an opening with another value": (
        lambda b: (b / "disclosures.jsonl").write_text(spelled({"salt": SALT, "value": "x"})),
        "disclosure",
        None,
    ),
    "an opening with another salt": (
        lambda b: (b / "disclosures.jsonl").write_text(
            spelled({"salt": "0" * 32, "value": "somebody's name"})
        ),
        "disclosure",
        None,
    ),
    "an opening without a value": (
        lambda b: (b / "disclosures.jsonl").write_text(spelled({"salt": SALT})),
        "disclosure",
        None,
    ),
    "an opening that is not canonical": (
        lambda b: (b / "disclosures.jsonl").write_text("{ }\n"),
        "disclosure",
        None,
    ),
    "an opening that is nothing": (
        lambda b: (b / "disclosures.jsonl").write_text("null\n"),
        "disclosure",
        None,
    ),
    "an opening that is no UTF-8": (
        lambda b: (b / "disclosures.jsonl").write_bytes(b"\xff\n"),
        "disclosure",
        None,
    ),
    "a signature that is no armor": (
        lambda b: (b / "checkpoints" / "00000005.egypt.sig").write_text("AAAA"),
        "checkpoint",
        None,
    ),
    "a signature with words before it": (
        lambda b: prefixed(b / "checkpoints" / "00000005.egypt.sig"),
        "checkpoint",
        None,
    ),
}


def prefixed(path: Path) -> None:
    path.write_text("x\n" + path.read_text())


@pytest.mark.parametrize("name", CHANGED)
def test_what_was_changed_beside_the_entries_is_found(
    bundle: Path, good: History, name: str
) -> None:
    spoil, rule, entry = CHANGED[name]
    spoil(bundle)

    assert judged(bundle, good) == broken(rule, entry)


def test_line_feeds_of_another_system_in_a_signature_file_do_not_matter(
    bundle: Path, good: History
) -> None:
    path = bundle / "checkpoints" / "00000005.egypt.sig"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert judged(bundle, good)["sealed"] == 5


@pytest.mark.parametrize("name", ["README", "AGREEMENT_ID", "allowed_signers"])
def test_what_is_there_for_convenience_is_never_believed(
    bundle: Path, good: History, name: str
) -> None:
    (bundle / name).write_text('0000\n* namespaces="*" ssh-ed25519 AAAA\n')

    assert judged(bundle, good)["holds"]


def test_an_opening_that_was_destroyed_leaves_a_value_withheld(bundle: Path, good: History) -> None:
    for left in (lambda path: path.write_text(""), Path.unlink):
        left(bundle / "disclosures.jsonl")
        assert judged(bundle, good)["withheld"] == 1
