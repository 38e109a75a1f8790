"""Whose key is in effect where (journal format, §4-6): first keys, rotation, recovery, revocation."""

from collections.abc import Iterable

import msgspec

from phaseflow.errors import StatementInvalid
from phaseflow.journal.canonical import canonical
from phaseflow.journal.entry import Entry, statement_line
from phaseflow.journal.keytext import parse_key
from phaseflow.journal.signature import STATEMENT, SignatureInvalid, verify
from phaseflow.model.statement import (
    KINDS,
    RECORDER,
    KeySet,
    Open,
    Policy,
    Statement,
    may_say,
    parse_body,
)


class KeyChange(msgspec.Struct, frozen=True, kw_only=True):
    """A key of a party; ``key`` None: it has none, and if it had one before, it cannot speak.

    ``since`` is the first entry that it is in effect for, ``by`` the entry that
    brought it; both are 0 for what the genesis says.
    """

    party: str
    key: str | None
    since: int
    by: int


class Keys:
    """The keys of one agreement, entry by entry.

    A statement is checked against the key in effect at its position, never at a
    time that it claims.
    """

    def __init__(self, genesis: Open) -> None:
        """Begin with the first keys.

        Raises:
            StatementInvalid: a key is malformed or used twice, or the policy makes no sense.
        """
        parties = genesis.parties
        _check_policy(genesis.policy, set(parties))
        self._policy = genesis.policy
        self._used: set[str] = set()
        for party in parties.values():
            if party.key is not None:
                self._check_new(party.key)
                self._used.add(party.key)
        self._changes = {
            name: [KeyChange(party=name, key=party.key, since=0, by=0)]
            for name, party in parties.items()
        }
        self._votes: dict[str, dict[str, set[str]]] = {name: {} for name in parties}

    @property
    def changes(self) -> list[KeyChange]:
        """Every key there ever was, in the order in which they took effect."""
        listed = [change for changes in self._changes.values() for change in changes]
        return sorted(listed, key=lambda change: (change.since, change.party))

    def current(self, party: str) -> str | None:
        """Return the key in effect for the next entry."""
        return self._changes[party][-1].key

    def at(self, party: str, seq: int) -> str | None:
        """Return the key in effect for entry ``seq``; of no party there is none."""
        changes = self._changes.get(party, ())
        return next((change.key for change in reversed(changes) if change.since <= seq), None)

    def every(self, party: str) -> list[str]:
        """Return the keys that the party ever had."""
        return [change.key for change in self._changes.get(party, ()) if change.key is not None]

    def had_one(self, party: str) -> bool:
        """Tell whether the party ever had a key: then it cannot speak unsigned."""
        return bool(self.every(party))

    def votes(self, body: KeySet) -> frozenset[str]:
        """Return who has voted for this very body and counts still."""
        return frozenset(self._votes[body.actor].get(_spelled(body), ()))

    def check(self, statement: Statement, sig: str | None) -> None:
        """Check that the statement may be recorded next, as far as its authorship goes.

        Raises:
            SignatureInvalid: its signature does not hold, or is missing where one is due.
            StatementInvalid: its author may not file this, or sets a key that it may not set.
        """
        if statement.actor not in self._changes:
            msg = f"{statement.actor} is no party; there are {', '.join(self._changes)}"
            raise StatementInvalid(msg)
        self.check_signature(statement, sig, statement_line(statement).encode())
        if not may_file(statement):
            msg = f"{statement.actor} may not file {statement.kind}"
            raise StatementInvalid(msg)
        self.check_change(statement)

    def check_signature(self, statement: Statement, sig: str | None, line: bytes) -> None:
        """Check the signature over ``line``, which is that of the statement (§5).

        Raises:
            SignatureInvalid: it does not hold, or is missing where one is due.
        """
        actor, kind = statement.actor, statement.kind
        key = self.current(actor)
        if sig is None:
            if KINDS[kind].is_unsigned:
                return
            if self.had_one(actor):
                msg = f"{actor} has a key and did not sign"
                raise SignatureInvalid(msg)
            if kind == "key.set":
                msg = "a key is set by a signed statement only"
                raise SignatureInvalid(msg)
        elif key is None:
            msg = f"{actor} has no key here that could have signed it"
            raise SignatureInvalid(msg)
        else:
            verify(sig, key=key, namespace=STATEMENT, message=line)

    def check_change(self, statement: Statement) -> None:
        """Check a ``key.set`` against the keys there are (§6); of other kinds, nothing.

        Raises:
            StatementInvalid: it may not be recorded here.
        """
        if statement.kind != "key.set":
            return
        body = _body(statement)
        if body.actor not in self._changes:
            msg = f"{body.actor} is no party"
            raise StatementInvalid(msg)
        if statement.actor != body.actor and statement.actor not in self._policy.recovery:
            msg = f"{statement.actor} is not among those who may replace a key of {body.actor}"
            raise StatementInvalid(msg)
        if body.replaces != self.current(body.actor):
            msg = f"what it replaces is not the present key of {body.actor}"
            raise StatementInvalid(msg)
        if body.key is None:
            if body.replaces is None:
                msg = f"{body.actor} has no key that could be revoked"
                raise StatementInvalid(msg)
        else:
            self._check_new(body.key)

    def take(self, seq: int, statement: Statement) -> None:
        """Apply the ``key.set`` that was recorded as entry ``seq``; of other kinds, nothing.

        By the actor itself it is effective from the next entry; by others it is
        a vote, effective once enough of them have filed the identical body. A
        change of the key sets aside what was voted before it.
        """
        if statement.kind != "key.set":
            return
        body = _body(statement)
        if statement.actor != body.actor:
            votes = self._votes[body.actor].setdefault(_spelled(body), set())
            votes.add(statement.actor)
            if len(votes) < self._policy.recovery_quorum:
                return
        self._votes[body.actor].clear()
        change = KeyChange(party=body.actor, key=body.key, since=seq + 1, by=seq)
        self._changes[body.actor].append(change)
        if body.key is not None:
            self._used.add(body.key)

    def _check_new(self, key: str) -> None:
        parse_key(key)
        if key in self._used:
            msg = "a key is used twice in this agreement"
            raise StatementInvalid(msg)


def may_file(statement: Statement) -> bool:
    """Tell whether the kind is one that its actor may file (§4).

    ``recorder`` files `open`, `tick`, `redact` and its own `key.set`; nobody
    else files what is the recorder's.
    """
    actor, kind = statement.actor, statement.kind
    is_anothers_key = kind == "key.set" and statement.body["actor"] != actor
    return may_say(actor, kind) and not (actor == RECORDER and is_anothers_key)


def keys_of(entries: Iterable[Entry]) -> Keys:
    """Return the keys after ``entries``, of which only entry 0 and the ``key.set`` matter.

    They were verified when they were recorded.

    Raises:
        StatementInvalid: there is no entry 0.
    """
    every = iter(entries)
    first = next(every, None)
    genesis = None if first is None else parse_body(first.stmt.kind, first.stmt.body)
    if not isinstance(genesis, Open):
        msg = "the keys of an agreement begin with its entry 0"
        raise StatementInvalid(msg)
    keys = Keys(genesis)
    for entry in every:
        keys.take(entry.seq, entry.stmt)
    return keys


def weak_quorum(policy: Policy) -> str | None:
    """Return a warning if few dishonest cosigners can make two contradictory seals (§7).

    With n cosigners and quorum q, 2q - n of them have to sign both.
    """
    n, q = len(policy.cosigners), policy.cosign_quorum
    if n == 0 or 2 * q - n > 1:
        return None
    who = "one dishonest cosigner" if 2 * q - n == 1 else "no dishonest cosigner at all"
    enough = (n + 3) // 2
    remedy = f"choose a quorum of {enough} or more" if enough <= n else "name more cosigners"
    return (
        f"a seal by {q} of {n} cosigners is weak: a dishonest recorder needs {who} to have two "
        f"contradictory histories sealed (2*{q} - {n} = {2 * q - n}); {remedy}"
    )


def _check_policy(policy: Policy, parties: set[str]) -> None:
    for what, members, quorum in (
        ("cosign", policy.cosigners, policy.cosign_quorum),
        ("recovery", policy.recovery, policy.recovery_quorum),
    ):
        for member in members:
            if member not in parties:
                msg = f"the policy names {member}, who is no party"
                raise StatementInvalid(msg)
        if RECORDER in members or len(set(members)) != len(members):
            msg = f"the policy lists the recorder, or somebody twice, for {what}"
            raise StatementInvalid(msg)
        if not min(1, len(members)) <= quorum <= len(members):
            msg = f"the policy asks for {quorum} of {len(members)} parties for {what}"
            raise StatementInvalid(msg)


def _body(statement: Statement) -> KeySet:
    body = parse_body(statement.kind, statement.body)
    assert isinstance(body, KeySet)
    return body


def _spelled(body: KeySet) -> str:
    return canonical(msgspec.to_builtins(body))
