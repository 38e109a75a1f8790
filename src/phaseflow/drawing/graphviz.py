"""DOT made into SVG and PNG by the command graphviz-pure, if it is installed."""

import os
import subprocess
import sysconfig
from pathlib import Path
from typing import Literal

from phaseflow.errors import NotDrawn

_COMMAND = "graphviz-pure.exe" if os.name == "nt" else "graphviz-pure"
_PATIENCE = 60
_DOTS_PER_INCH = 200


def rendered(text: str, kind: Literal["svg", "png"]) -> bytes:
    """Return the picture that the DOT document ``text`` describes.

    Nothing but ``text`` decides what comes back: the command brings its own fonts.

    Raises:
        NotDrawn: the command is not installed, or could not draw it.
    """
    command = _command()
    # Only SVG leaves the size of its dots to the reader.
    resolution = [f"-Gdpi={_DOTS_PER_INCH}"] if kind == "png" else []
    try:
        done = subprocess.run(  # noqa: S603  a command of this environment; the text comes by stdin
            [command, f"-T{kind}", *resolution],
            input=text.encode(),
            capture_output=True,
            timeout=_PATIENCE,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        told = getattr(error, "stderr", None) or str(error).encode()
        msg = f"graphviz-pure could not draw it: {told.decode(errors='replace').strip()}"
        raise NotDrawn(msg) from error
    return done.stdout


def _command() -> Path:
    for scheme in (sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user")):
        command = Path(sysconfig.get_path("scripts", scheme)) / _COMMAND
        if command.is_file():
            return command
    msg = (
        "SVG and PNG need a renderer that is not installed; "
        "`pip install 'phaseflow[pictures]'` installs it, "
        "and --format dot or mermaid need none"
    )
    raise NotDrawn(msg)
