"""What signing costs beside ssh-keygen alone, and verifying beside the bare signature checks.

It exits 1 if signing costs more than 1.5 times the bare call, or if a signed
journal is verified at less than 0.6 of the speed of its signatures alone.
"""

import gc
import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from harness.report import note, print_json, print_machine, print_table, ratio, us, wants_json
from harness.timing import Taken, machine, median, spread, taken, workplace

from phaseflow.journal.entry import Entry, agreement_id, genesis_body, seal, signed_part
from phaseflow.journal.keyfile import read_public_key
from phaseflow.journal.keytext import decode, packed, parse_key, strings
from phaseflow.journal.signature import STATEMENT
from phaseflow.journal.signing import sign
from phaseflow.journal.verify import verify
from phaseflow.model.calendar import Instant
from phaseflow.model.statement import GenesisParty, Seen, Statement

ENTRIES = 400
ROUNDS = 15
PAIRS = 40
SIGNING_AT_MOST = 1.5
VERIFYING_AT_LEAST = 0.6
SOURCE = b"name: exchange\n"
DEFINITION = hashlib.sha256(SOURCE).hexdigest()
START = Instant.parse_iso("2025-01-15T12:00:00Z")
TEXT = "handed over at the crossing in the presence of both sides"


def main() -> int:
    as_json = wants_json()
    with workplace() as directory:
        figures: dict[str, Any] = {"machine": machine(directory), "entries": ENTRIES}
        key = directory / "key"
        subprocess.run(  # noqa: S603
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)],  # noqa: S607
            check=True,
        )
        note("measuring signing ...")
        figures["signing"] = measure_signing(directory, key)
        note(f"signing {ENTRIES} entries ...")
        lines = signed_lines(key)
        note("measuring verification ...")
        figures["verifying"] = measure_verifying(lines, _public(key))
    if as_json:
        print_json("signatures", figures)
    else:
        show(figures)
    is_kept = (
        figures["signing"]["ratio"] <= SIGNING_AT_MOST
        and figures["verifying"]["ratio"] >= VERIFYING_AT_LEAST
    )
    return int(not is_kept)


def measure_signing(directory: Path, key: Path) -> dict[str, Any]:
    """Return the times of signing one statement, and of ssh-keygen doing so from a shell's file."""
    message = (TEXT + "\n").encode() * 8
    statement = directory / "statement.json"
    statement.write_bytes(message)
    written = directory / "statement.json.sig"
    command = ["ssh-keygen", "-q", "-Y", "sign", "-n", STATEMENT, "-f", str(key), str(statement)]

    def bare() -> None:
        written.unlink(missing_ok=True)
        subprocess.run(command, check=True)  # noqa: S603

    def ours() -> None:
        sign(key, namespace=STATEMENT, message=message)

    return compare(ours, bare, PAIRS, lambda taken: taken.wall)


def measure_verifying(lines: list[str], key: str) -> dict[str, Any]:
    """Return the times of verifying the journal, and of its signatures alone by the same library.

    The ratio is that of speeds: 1 would be a verification that costs nothing
    but its signatures.
    """
    public = Ed25519PublicKey.from_public_bytes(parse_key(key).point)
    checks = [bare_check(line) for line in lines[1:]]
    agreement = agreement_id(genesis(key))

    def bare() -> None:
        for made, signed in checks:
            public.verify(made, signed)

    def ours() -> None:
        verify(lines, agreement, lambda _: SOURCE)

    # Nothing here waits, so the processor's time tells more on a shared machine.
    figures = compare(ours, bare, ROUNDS, lambda taken: taken.cpu)
    return figures | {"ratio": 1 / figures["ratio"]}


def bare_check(line: str) -> tuple[bytes, bytes]:
    """Return a signature, and what it was made over, as the library wants them."""
    statement = signed_part(line)
    sig = line.partition('"sig":"')[2].partition('"')[0]
    inner = strings(decode(sig)[10:])[4]
    digest = hashlib.sha512(statement).digest()
    signed = b"SSHSIG" + packed(STATEMENT.encode(), b"", b"sha512", digest)
    return strings(inner)[1], signed


def compare(
    ours: Callable[[], None],
    bare: Callable[[], None],
    rounds: int,
    clock: Callable[[Taken], float],
) -> dict[str, Any]:
    """Return the median times of both, taken by turns, and the median of their ratios."""
    times: list[tuple[float, float]] = []
    gc.collect()
    for turn in range(rounds + 1):
        order = [("ours", ours), ("bare", bare)]
        if turn % 2:
            order.reverse()
        both = {name: clock(taken(work)) for name, work in order}
        times.append((both["ours"], both["bare"]))
    ratios = [mine / its for mine, its in times[1:]]
    low, high = spread(ratios)
    return {
        "ours_us": median([mine for mine, _ in times[1:]]),
        "bare_us": median([its for _, its in times[1:]]),
        "ratio": median(ratios),
        "ratios_p10_p90": [low, high],
    }


def genesis(key: str) -> dict[str, Any]:
    return genesis_body(
        definition=DEFINITION,
        nonce="0" * 32,
        parties={"seller": GenesisParty(key=key, role="signatory")},
    )


def _public(key_file: Path) -> str:
    return read_public_key(key_file.with_suffix(".pub").read_text(encoding="utf-8"))


def signed_lines(key_file: Path) -> list[str]:
    """Return a journal of an unsigned beginning and signed reports, of the usual size."""
    body = genesis(_public(key_file))
    agreement = agreement_id(body)
    lines: list[str] = []
    prev, seen = agreement, None
    for seq in range(ENTRIES + 1):
        at = START.add(minutes=seq).format_iso()
        report = {"obligation": "machines", "amount": seq, "text": TEXT}
        statement = Statement(
            agreement=agreement,
            definition=DEFINITION,
            actor="seller" if seq else "recorder",
            kind="perform" if seq else "open",
            body=report if seq else body,
            nonce=hashlib.sha256(str(seq).encode()).hexdigest()[:32],
            occurred_at=at,
            seen=seen,
        )
        entry = Entry(seq=seq, prev=prev, recorded_at=at, sig=None, stmt=statement)
        sig = None
        if seq:
            message = signed_part(seal(entry).line)
            sig = sign(key_file, namespace=STATEMENT, message=message)
        sealed = seal(
            Entry(seq=seq, prev=prev, recorded_at=at, sig=sig, stmt=statement),
        )
        lines.append(sealed.line)
        prev, seen = sealed.hash, Seen(hash=sealed.hash, seq=seq)
    return lines


def show(figures: dict[str, Any]) -> None:
    print_machine(figures["machine"])
    rows = []
    for name, its in (
        ("sign one statement / ssh-keygen", figures["signing"]),
        (f"verify {ENTRIES} entries / signatures", figures["verifying"]),
    ):
        rows.append([name, us(its["ours_us"]), us(its["bare_us"]), ratio(its["ratio"])])
    print_table("Signatures", ["", "phaseflow", "bare", "ratio"], rows)
    signing, verifying = figures["signing"]["ratio"], figures["verifying"]["ratio"]
    costs = "at most" if signing <= SIGNING_AT_MOST else "MORE THAN"
    print(f"\nSigning costs {signing:.2f} times the bare call, {costs} {SIGNING_AT_MOST}.")
    runs = "at least" if verifying >= VERIFYING_AT_LEAST else "LESS THAN"
    print(f"Verifying runs at {verifying:.2f} of the bare speed, {runs} {VERIFYING_AT_LEAST}.")


if __name__ == "__main__":
    sys.exit(main())
