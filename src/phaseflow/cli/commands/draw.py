"""The command ``draw``."""

from pathlib import Path

import click

from phaseflow.cli import options
from phaseflow.cli.database import opened
from phaseflow.cli.run import unusable
from phaseflow.cli.terminal import exactly
from phaseflow.drawing.graphviz import rendered
from phaseflow.drawing.states.diagram import Picture
from phaseflow.drawing.states.dot import dot
from phaseflow.drawing.states.mermaid import mermaid
from phaseflow.service import draw as drawing
from phaseflow.service.rehearse import Script

FILE = click.Path(path_type=Path)


_DRAWN = {
    ".svg": "svg",
    ".png": "png",
    ".dot": "dot",
    ".gv": "dot",
    ".mmd": "mermaid",
    ".md": "mermaid",
    "": "mermaid",
}


_OUTPUT = click.option("--output", metavar="FILE", help="Where to write it.  [default: stdout]")


@click.command()
@click.argument("subject", metavar="FILE|AGREEMENT")
@click.option("--scenario", type=FILE, help="Draw FILE as it stands after this scenario.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["mermaid", "dot", "svg", "png"]),
    help="svg and png need the extra phaseflow[pictures].  [default: as FILE ends, else mermaid]",
)
@_OUTPUT
@options.now
@options.database
def draw(  # noqa: PLR0917  its options, by name
    subject: str,
    scenario: Path | None,
    form: str | None,
    output: str | None,
    now: str | None,
    database: str,
) -> None:
    """Draw a definition, or an agreement with the way it came and what is late.

    Example: phaseflow draw definitions/three_phase_plan/definition.yaml

    Example: phaseflow draw plan --output plan.svg
    """
    kind = form or _ending(output, _DRAWN)
    picture = _picture(subject, scenario, now, database)
    _write(_drawn(picture, kind), output)


def _ending(output: str | None, forms: dict[str, str]) -> str:
    """Return the form that the ending of a file name means."""
    ending = Path(output or "").suffix.lower()
    if ending not in forms:
        known = ", ".join(sorted(filter(None, forms)))
        msg = f"{output} ends in none of {known}: name the form with --format"
        raise click.UsageError(msg)
    return forms[ending]


def _write(drawn: bytes, output: str | None) -> None:
    if output is None or output == "-":
        exactly(drawn)
        return
    try:
        Path(output).write_bytes(drawn)
    except OSError as error:
        raise unusable(output, "written", error) from error


def _drawn(picture: Picture, form: str) -> bytes:
    match form:
        case "mermaid":
            return mermaid(picture).encode()
        case "svg":
            return rendered(dot(picture), "svg")
        case "png":
            return rendered(dot(picture), "png")
        case _:
            return dot(picture).encode()


def _picture(subject: str, scenario: Path | None, now: str | None, database: str) -> Picture:
    path = Path(subject)
    if scenario is not None:
        return drawing.of_rehearsal(_script(path, scenario))
    if path.exists() and not path.is_dir():
        return drawing.of_definition(options.document(path), subject)
    _refuse_file(subject)
    with opened(database) as store:
        return drawing.of_agreement(store, subject, now)


def _refuse_file(subject: str) -> None:
    """Say so where what should name an agreement is clearly meant as a file.

    No label holds a slash, and hardly one ends as a definition does.
    """
    path = Path(subject)
    options.refuse_folder(subject)
    if path.is_file():
        msg = f"{subject} is a file: name a scenario to play on it with --scenario"
        raise click.UsageError(msg)
    if path.suffix in {".yaml", ".yml"} or len(path.parts) > 1:
        msg = f"there is no file {subject}"
        raise click.UsageError(msg)


def _script(definition: Path, scenario: Path) -> Script:
    return Script(
        definition=options.document(definition),
        definition_file=str(definition),
        scenario=options.document(scenario, "a scenario"),
        scenario_file=str(scenario),
    )
