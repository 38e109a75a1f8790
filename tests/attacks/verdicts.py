"""One verdict from all verifiers: the package, and the single file that an auditor can read."""

import functools
import importlib.util
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from phaseflow.errors import JournalBroken
from phaseflow.journal.bundle import verify_bundle

ROOT = Path(__file__).parents[2]
SINGLE_FILE = ROOT / "tools" / "verify_bundle.py"
Found = dict[str, Any]


@functools.cache
def single_file() -> Any:
    """Return the single file as a module; what ssh-keygen once said of a signature is remembered."""
    spec = importlib.util.spec_from_file_location("verify_bundle", SINGLE_FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.verifies = functools.cache(module.verifies)  # type: ignore[attr-defined]
    return module


def by_single_file(bundle: Path, agreement: str | None, pins: Sequence[Path] = ()) -> Found:
    found: Found = single_file().verdict(bundle, agreement, list(pins))
    return found


def by_package(bundle: Path, agreement: str | None, pins: Sequence[Path] = ()) -> Found:
    try:
        report = verify_bundle(bundle, agreement, pins)
    except JournalBroken as broken:
        return {"holds": False, "rule": broken.rule, "entry": broken.seq}
    return {
        "holds": True,
        "agreement": report.agreement,
        "anchored": report.is_anchored,
        "rehearsal": report.is_rehearsal,
        "entries": report.entries,
        "head": report.head,
        "unsigned": report.unsigned,
        "checkpoints": report.checkpoints,
        "pins": report.pins,
        "sealed": report.sealed,
        "withheld": report.withheld,
    }


def verdict(bundle: Path, agreement: str | None, pins: Sequence[Path] = ()) -> Found:
    """Return the verdict, after making sure that it is the same from all.

    Without ssh-keygen the single file cannot judge, which its own tests report.
    """
    if shutil.which("ssh-keygen") is None:
        return by_package(bundle, agreement, pins)
    found, other = by_package(bundle, agreement, pins), by_single_file(bundle, agreement, pins)
    assert found == other, f"the package finds {found}, the single file {other}"
    return found
