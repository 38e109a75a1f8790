"""A small plan whose parties have keys, and statements signed by stock ``ssh-keygen``."""

import shutil
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from tests.journal.signer import signer
from tests.service import test_filing
from tests.service.test_filing import NONCES

from phaseflow.journal.checkpoint import Signed
from phaseflow.journal.signature import CHECKPOINT, STATEMENT
from phaseflow.journal.signing import sign
from phaseflow.model.statement import Policy, Statement
from phaseflow.service.compose import Filing, compose
from phaseflow.service.handed_in import HandedIn, signed_bytes
from phaseflow.service.open import OpeningRequest, open_agreement
from phaseflow.service.receipts import sign_as_recorder
from phaseflow.service.record import Filed, record
from phaseflow.storage.port import Store

PARTIES = ("north", "south", "watch", "guide", "recorder")
NOBODY = Policy(cosigners=[], cosign_quorum=0, recovery=[], recovery_quorum=0)
PLAN = test_filing.PLAN + b"amendments: {by: {all: signatories}}\n"
EDITION = PLAN.replace(b'edition: "1"', b'edition: "2"')
assert EDITION != PLAN


class Desk:
    """An agreement ``p`` of which each party but the ``unsigned`` has a key."""

    def __init__(
        self, store: Store, folder: Path, *, unsigned: tuple[str, ...] = (), policy: Policy = NOBODY
    ) -> None:
        self.store = store
        self.folder = folder
        keys = {party: signer(party).key for party in PARTIES if party not in unsigned}
        opening = OpeningRequest(
            source=PLAN,
            file="plan.yaml",
            nonce=next(NONCES),
            label="p",
            keys=keys,
            policy=policy,
        )
        self.id = open_agreement(store, opening).place.header.id

    def key(self, name: str) -> Path:
        """The private key of that name, as ``ssh-keygen`` reads it."""
        path = self.folder / name
        return path if path.exists() else signer(name).write(self.folder, name)

    def compose(self, actor: str, kind: str, /, *, at: str | None = None, **body: Any) -> Statement:
        """A statement as its author composes it now; it is not filed."""
        return compose(self.store, self.filing(actor, kind, at=at, **body))

    def filing(self, actor: str, kind: str, /, *, at: str | None = None, **body: Any) -> Filing:
        edition = EDITION if kind == "amend" else None
        return Filing(
            agreement="p",
            actor=actor,
            kind=kind,
            body=body,
            nonce=next(NONCES),
            occurred_at=at,
            edition=edition,
        )

    def sign(self, statement: Statement, name: str, namespace: str = STATEMENT) -> str:
        return sign(self.key(name), namespace=namespace, message=signed_bytes(statement))

    def hand_in(
        self,
        statement: Statement,
        by: str | None = None,
        *,
        is_receipted: bool = False,
        **more: Any,
    ) -> Filed:
        """File what ``by`` has signed, its author if nobody is named."""
        signature = self.sign(statement, by or statement.actor)
        if statement.kind == "amend":
            more = {"edition": EDITION} | more
        delivery = HandedIn(statement=statement, signature=signature, **more)
        return record(self.store, delivery, is_receipted=is_receipted)

    def say(self, actor: str, kind: str, /, *, by: str | None = None, **body: Any) -> Filed:
        return self.hand_in(self.compose(actor, kind, **body), by)

    def set_key(self, new: str | None, *, by: str, owner: str, replaces: str) -> Filed:
        key = None if new is None else signer(new).key
        body = {"actor": owner, "key": key, "replaces": signer(replaces).key}
        return self.say(by, "key.set", **body)

    def receipt(self, filed: Filed, name: str = "recorder") -> Signed:
        assert filed.checkpoint is not None
        return sign_as_recorder(self.store, filed.checkpoint, self.signs(name))

    def signs(self, name: str) -> Any:
        return partial(_checkpoint, self.key(name))

    def kinds(self) -> list[str]:
        with self.store.read() as transaction:
            return [row.kind for row in transaction.entries(self.id)]


def changed(statement: Statement, **members: Any) -> Statement:
    return msgspec.structs.replace(statement, **members)


def copied(folder: Path, to: Path) -> Path:
    shutil.copytree(folder, to)
    return to


def policy(**members: Any) -> Policy:
    return msgspec.structs.replace(NOBODY, **members)


def _checkpoint(key: Path, message: bytes) -> str:
    return sign(key, namespace=CHECKPOINT, message=message)
