"""Scenarios that are played once, however many tests look at what came of them."""

import sys

import pytest

from phaseflow.service import rehearse
from phaseflow.service.rehearse import Played, Script
from phaseflow.storage.memory import MemoryStore
from phaseflow.storage.port import Store

_play = rehearse.play
_known: dict[Script, tuple[Played, MemoryStore]] = {}


def play(store: Store, script: Script, label: str | None) -> Played:
    """Play a scenario, or give what came of it; no chance is in it, so it comes out the same."""
    if not isinstance(store, MemoryStore) or store.journals or label is not None:
        return _play(store, script, label)
    if script not in _known:
        _known[script] = _play(store, script, label), store
    played, kept = _known[script]
    store.definitions, store.journals = dict(kept.definitions), dict(kept.journals)
    return played


def play_once(patched: pytest.MonkeyPatch) -> None:
    """Let whoever plays a scenario in memory have it from here."""
    for name, module in list(sys.modules.items()):
        if name.startswith("phaseflow.") and vars(module).get("play") is _play:
            patched.setattr(module, "play", play)
