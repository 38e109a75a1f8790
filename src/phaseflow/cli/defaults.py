"""Each person's defaults, from a small TOML file: who I am, which key, which database."""

import os
from pathlib import Path
from typing import Any

import click

from phaseflow import untrusted_files
from phaseflow.cli.main import APP, COMMANDS
from phaseflow.cli.run import unusable
from phaseflow.model.visible import quoted

KEYS = ("by", "database", "pins", "recorder_key", "sign_with")
_GROUPS = {
    "audit": ("verify", "replay", "export", "checkpoint", "cosign", "collect"),
    "db": ("upgrade", "rebuild", "grant", "sweep"),
    "cache": ("fill",),
    "key": ("set", "revoke"),
}
_QUOTED = 60
_FILES = ("pins", "recorder_key", "sign_with")


def folder() -> Path:
    """Return where a person's own files are: defaults, and receipts.

    Raises:
        click.UsageError: there is no home directory.
    """
    found = Path(click.get_app_dir(APP))
    if found.is_absolute():
        return found
    try:
        # An empty XDG_CONFIG_HOME is as good as none.
        return Path.home() / ".config" / APP
    except RuntimeError as error:
        msg = "you have no home directory: set HOME, or say with --pins where receipts are kept"
        raise click.UsageError(msg) from error


def defaults() -> dict[str, Any]:
    """Return what each command takes where its options say nothing, as Click's default map.

    The file is ``config.toml`` in the person's own folder, or what
    PHASEFLOW_CONFIG names; it need not be there. Paths are relative to it.

    Raises:
        click.UsageError: it is no TOML, or holds something else.
    """
    named = os.environ.get("PHASEFLOW_CONFIG")
    try:
        path = Path(named) if named else folder() / "config.toml"
    except click.UsageError:
        # Whoever has no home has no defaults; a service runs so.
        return {}
    try:
        content = untrusted_files.read(path, untrusted_files.SETTINGS)
    except FileNotFoundError as error:
        if named:
            msg = f"PHASEFLOW_CONFIG names {path}, which is not there"
            raise click.UsageError(msg) from error
        return {}
    except OSError as error:
        raise unusable(path, "read", error) from error
    import tomllib  # noqa: PLC0415  most have no such file

    try:
        found = tomllib.loads(untrusted_files.decoded(content))
    except (ValueError, RecursionError) as error:
        # Also of a number with too many digits, and of brackets in brackets.
        msg = f"{path} cannot be read: {error}"
        raise click.UsageError(msg) from error
    values = {key: _value(path, key, value) for key, value in found.items()}
    return _everywhere(values)


def _value(path: Path, key: str, value: object) -> str:
    if key not in KEYS:
        msg = f"{path}: there is no default {quoted(key, _QUOTED)}; there are {', '.join(KEYS)}"
        raise click.UsageError(msg)
    if not isinstance(value, str):
        msg = f"{path}: {key} is no text; write it in quotes"
        raise click.UsageError(msg)
    if not value.isprintable() or not value:
        msg = f"{path}: {key} is {quoted(value, _QUOTED)}, which can be no name"
        raise click.UsageError(msg)
    is_file = key in _FILES or (key == "database" and "://" not in value)
    return str(path.parent / os.path.expanduser(value)) if is_file else value  # noqa: PTH111  it never fails


def _everywhere(values: dict[str, str]) -> dict[str, Any]:
    """Return ``values`` for every command, and for those within groups."""
    names = [name for commands in COMMANDS.values() for name in commands]
    found: dict[str, Any] = {name: dict(values) for name in names}
    for group, inner in _GROUPS.items():
        found[group] = {name: dict(values) for name in inner}
    found["draft"] = {name: dict(values) for name in names} | {"key": found["key"]}
    return found
