"""The operator's desk: statements that were signed at home and handed in, one or a folder of them."""

import hashlib
import os
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import msgspec

from phaseflow.errors import (
    JournalBroken,
    PhaseflowError,
    Refused,
    StatementInvalid,
    StoreUnavailable,
)
from phaseflow.journal.checkpoint import Signed
from phaseflow.journal.privacy import Opening, read_opening
from phaseflow.journal.signature import SignatureInvalid, read_armored
from phaseflow.language.source import BYTES_AT_MOST
from phaseflow.service.delivering import Delivery, read_delivered
from phaseflow.service.receipts import Receipt, keep
from phaseflow.service.recording import Filed, record
from phaseflow.storage.port import Store

LARGEST = 1 << 20
"""Bytes that a statement, a signature or openings may have."""


class Handed(msgspec.Struct, frozen=True, kw_only=True):
    """A statement that was handed in, and what became of it: filed, or why not.

    ``problem`` of one that was filed is why it has no receipt.
    """

    path: Path
    filed: Filed | None = None
    problem: str = ""
    receipt: Receipt | None = None


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """How statements are taken in.

    ``sign`` has the recorder sign a receipt, None where its key is not at hand;
    ``receipts`` is where it is written to be handed back. ``now`` is the clock
    of a rehearsal.
    """

    store: Store
    sign: Callable[[Store, Filed], Signed | None]
    is_receipted: bool
    receipts: Path
    is_on_record: bool = False
    now: str | None = None

    def take(self, path: Path, signature: Path | None = None) -> Handed:
        """File the statement in ``path``.

        ``signature`` None: that of ``PATH.sig``, if it is there. Beside it may lie
        ``PATH.openings``, and the text of an edition that it proposes, as any
        ``*.yaml``.

        Raises:
            PhaseflowError: it cannot be filed.
        """
        delivery = self._delivery(path, signature)
        try:
            filed = record(self.store, delivery, is_receipted=self.is_receipted)
        except SignatureInvalid as error:
            if delivery.signature is not None:
                raise
            msg = (
                f"{delivery.statement.actor} has a key here, and {path.name}.sig, which would "
                "hold the signature, is not beside it"
            )
            raise SignatureInvalid(msg) from error
        try:
            signed = self.sign(self.store, filed)
            if signed is None:
                return Handed(path=path, filed=filed)
            where = keep(signed, self.receipts / path.name)
        except PhaseflowError as error:
            return Handed(path=path, filed=filed, problem=str(error))
        return Handed(path=path, filed=filed, receipt=Receipt(signed=signed, path=where))

    def take_all(self, folder: Path) -> Iterator[Handed]:
        """File what verifies of the statements in ``folder``, ``*.json``, and yield what became of each.

        By name; what was filed before is not filed twice.

        Raises:
            StoreUnavailable: the database is out of reach; what was yielded is filed.
        """
        for path in sorted(folder.glob("*.json")):
            try:
                _refuse_unless_plain(path)
                yield self.take(path)
            except StoreUnavailable:
                raise
            except Refused as refused:
                reasons = "; ".join(reason.text for reason in refused.reasons)
                yield Handed(path=path, problem=f"{refused}: {reasons}")
            except PhaseflowError as error:
                yield Handed(path=path, problem=str(error))

    def _delivery(self, path: Path, signature: Path | None) -> Delivery:
        statement = read_delivered(_text(path), str(path))
        beside = path.with_name(f"{path.name}.sig")
        found = signature
        if found is None and os.path.lexists(beside):
            _refuse_unless_plain(beside)
            found = beside
        edition = None
        if statement.kind == "amend":
            edition = _edition(path.parent, statement.body["definition"])
        return Delivery(
            statement=statement,
            signature=None if found is None else read_armored(_text(found)),
            edition=None if edition is None else edition[0],
            file="" if edition is None else str(edition[1]),
            openings=_openings(path.with_name(f"{path.name}.openings")),
            is_on_record=self.is_on_record,
            now=self.now,
        )


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) <= LARGEST:
            return content.decode()
        problem = f"it has more than {LARGEST} bytes"
    except OSError as error:
        problem = str(error.strerror)
    except UnicodeDecodeError:
        problem = "it is not UTF-8"
    msg = f"{path} cannot be read: {problem}"
    raise StatementInvalid(msg)


def _edition(folder: Path, digest: str) -> tuple[bytes, Path] | None:
    for path in sorted(folder.glob("*.yaml")):
        try:
            _refuse_unless_plain(path)
            with path.open("rb") as file:
                content = file.read(BYTES_AT_MOST + 1)
        except (OSError, StatementInvalid):
            # Whosever it is: the statement that needs it will miss it.
            continue
        if hashlib.sha256(content).hexdigest() == digest:
            return content, path
    return None


def _refuse_unless_plain(path: Path) -> None:
    """Do nothing for a regular file: a pipe would never end, a link may lead anywhere."""
    if path.is_symlink() or not path.is_file():
        msg = f"{path} is no regular file; hand in the file itself"
        raise StatementInvalid(msg)


def _openings(path: Path) -> tuple[Opening, ...]:
    if not os.path.lexists(path):
        return ()
    _refuse_unless_plain(path)
    try:
        # Words may hold what else ends a line of text; here only a line feed does.
        return tuple(map(read_opening, StringIO(_text(path), newline="\n")))
    except JournalBroken as error:
        msg = f"{path}: {error}"
        raise StatementInvalid(msg) from error
