"""The operator's desk: statements that were signed at home and handed in, one or a folder of them."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from io import StringIO
from pathlib import Path

import msgspec

from phaseflow import untrusted_files
from phaseflow.errors import (
    JournalBroken,
    PhaseflowError,
    Refused,
    StatementInvalid,
    StoreUnavailable,
)
from phaseflow.journal.privacy import Opening, read_opening
from phaseflow.journal.signature import SignatureInvalid, read_armored
from phaseflow.service.handed_in import HandedIn, read_handed_in
from phaseflow.service.receipts import Receipt, Sign, keep, sign_as_recorder
from phaseflow.service.record import Filed, record
from phaseflow.storage.port import Busy, Store

RECEIPTS = "receipts"
"""The folder of receipts, beside the statements."""


class TakenIn(msgspec.Struct, frozen=True, kw_only=True):
    """A statement that was handed in, and what became of it: filed, or why not.

    ``problem`` of one that was filed is why it has no receipt.
    """

    path: Path
    filed: Filed | None = None
    problem: str = ""
    receipt: Receipt | None = None


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """How statements are taken in.

    ``sign`` signs receipts as the recorder, None where its key is not at hand;
    ``receipts`` is where they are written to be handed back, None: beside the
    statements. ``now`` is the clock of a rehearsal.
    """

    store: Store
    sign: Sign | None = None
    receipts: Path | None = None
    is_on_record: bool = False
    now: str | None = None

    def take(self, path: Path, signature: Path | None = None) -> TakenIn:
        """File the statement in ``path``, which somebody named.

        ``signature`` None: that of ``PATH.sig``, if it is there. Beside it may lie
        ``PATH.openings``, and the text of an edition that it proposes, as any
        ``*.yaml``.

        Raises:
            PhaseflowError: it cannot be filed.
        """
        return self._take(path, self._delivery(path, signature, through_links=True))

    def take_all(self, folder: Path) -> Iterator[TakenIn]:
        """File the statements in ``folder`` (``*.json``) that verify; yield what became of each.

        They are taken in the order of their names. What was filed before is not filed
        twice. While somebody else holds the database, it waits. Links are not followed,
        because whoever may put files there could lead the desk anywhere.

        Raises:
            StoreUnavailable: the database is out of reach; what was yielded is filed.
            StatementInvalid: the folder cannot be read.
        """
        for path in _ending(folder, ".json"):
            try:
                yield self._take_in_turn(path)
            except StoreUnavailable:
                raise
            except Refused as refused:
                reasons = "; ".join(reason.text for reason in refused.reasons)
                yield TakenIn(path=path, problem=f"{refused}: {reasons}")
            except PhaseflowError as error:
                yield TakenIn(path=path, problem=str(error))

    def _take_in_turn(self, path: Path) -> TakenIn:
        delivery = self._delivery(path, None, through_links=False)
        while True:
            with suppress(Busy):
                return self._take(path, delivery)

    def _take(self, path: Path, delivery: HandedIn) -> TakenIn:
        try:
            filed = record(self.store, delivery, is_receipted=self.sign is not None)
        except SignatureInvalid as error:
            if delivery.signature is not None:
                raise
            msg = (
                f"{delivery.statement.actor} has a key here, and {path.name}.sig, which would "
                "hold the signature, is not beside it"
            )
            raise SignatureInvalid(msg) from error
        try:
            return TakenIn(path=path, filed=filed, receipt=self._receipt(path, filed))
        except PhaseflowError as error:
            return TakenIn(path=path, filed=filed, problem=str(error))

    def _receipt(self, path: Path, filed: Filed) -> Receipt | None:
        if self.sign is None or filed.checkpoint is None:
            return None
        signed = sign_as_recorder(self.store, filed.checkpoint, self.sign)
        return Receipt(signed=signed, path=keep(signed, self._folder_of_receipt(path)))

    def _folder_of_receipt(self, path: Path) -> Path:
        """Return where the receipt of ``path`` is written.

        Raises:
            StatementInvalid: whoever may put files there has put a link in the way.
        """
        beside = path.parent / RECEIPTS
        found = (self.receipts or beside) / path.name
        for folder in (found,) if self.receipts else (beside, found):
            if folder.is_symlink():
                msg = f"{folder} is a link, which could lead anywhere; the receipt is not written there"
                raise StatementInvalid(msg)
        return found

    def _delivery(self, path: Path, signature: Path | None, *, through_links: bool) -> HandedIn:
        content = _read(path, untrusted_files.STATEMENT, through_links=through_links)
        statement = read_handed_in(content, str(path))
        beside = path.with_name(f"{path.name}.sig")
        armor = None
        if signature is not None:
            armor = _read(signature, untrusted_files.SIGNATURE)
        elif os.path.lexists(beside):
            armor = _read(beside, untrusted_files.SIGNATURE, through_links=False)
        edition = None
        if statement.kind == "amend":
            edition = _edition(path.parent, statement.body["definition"])
        return HandedIn(
            statement=statement,
            signature=None if armor is None else read_armored(_text(armor, signature or beside)),
            edition=None if edition is None else edition[0],
            file="" if edition is None else str(edition[1]),
            openings=_openings(path.with_name(f"{path.name}.openings")),
            is_on_record=self.is_on_record,
            now=self.now,
        )


def _read(path: Path, bound: untrusted_files.Bound, *, through_links: bool = True) -> bytes:
    try:
        return untrusted_files.read(path, bound, through_links=through_links)
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}"
        raise StatementInvalid(msg) from error


def _text(content: bytes, path: Path) -> str:
    try:
        return untrusted_files.decoded(content)
    except UnicodeDecodeError as error:
        msg = f"{path} cannot be read: it is not UTF-8"
        raise StatementInvalid(msg) from error


def _ending(folder: Path, ending: str) -> list[Path]:
    try:
        return [
            Path(one.path) for one in untrusted_files.listed(folder) if one.name.endswith(ending)
        ]
    except OSError as error:
        msg = f"{folder} cannot be read: {error.strerror}"
        raise StatementInvalid(msg) from error


def _edition(folder: Path, digest: str) -> tuple[bytes, Path] | None:
    for path in _ending(folder, ".yaml"):
        try:
            content = untrusted_files.read(path, untrusted_files.DEFINITION, through_links=False)
        except OSError:
            # Whosever it is: the statement that needs it will miss it.
            continue
        if hashlib.sha256(content).hexdigest() == digest:
            return content, path
    return None


def _openings(path: Path) -> tuple[Opening, ...]:
    if not os.path.lexists(path):
        return ()
    text = _text(_read(path, untrusted_files.OPENINGS, through_links=False), path)
    try:
        # Words may hold what else ends a line of text; here only a line feed does.
        return tuple(map(read_opening, StringIO(text, newline="\n")))
    except JournalBroken as error:
        msg = f"{path}: {error}"
        raise StatementInvalid(msg) from error
