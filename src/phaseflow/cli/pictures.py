"""Commands that draw: draw, timeline."""

from pathlib import Path

import click

from phaseflow.cli import options
from phaseflow.cli.layout import clean, emit
from phaseflow.drawing.dot import dot
from phaseflow.drawing.graphviz import rendered
from phaseflow.drawing.mermaid import mermaid
from phaseflow.drawing.picture import Picture
from phaseflow.drawing.strip import strip
from phaseflow.service import picturing
from phaseflow.service.rehearsing import Script
from phaseflow.service.stores import opened

FILE = click.Path(path_type=Path)


@click.command()
@click.argument("subject", metavar="FILE|AGREEMENT")
@click.option("--scenario", type=FILE, help="Draw FILE as it stands after this scenario.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["mermaid", "dot", "svg", "png"]),
    default="mermaid",
    show_default=True,
    help="svg and png need the extra phaseflow[pictures].",
)
@click.option("--output", metavar="FILE", help="Where to write it.  [default: stdout]")
@options.now
@options.database
def draw(  # noqa: PLR0917  its options, by name
    subject: str,
    scenario: Path | None,
    form: str,
    output: str | None,
    now: str | None,
    database: str,
) -> None:
    """Draw a definition, or an agreement with the way it came and what is late.

    Example: phaseflow draw definitions/three_phase_plan/definition.yaml

    Example: phaseflow draw plan --format svg --output plan.svg
    """
    picture = _picture(subject, scenario, now, database)
    drawn = _drawn(picture, form)
    with click.open_file(output or "-", "wb") as stream:
        stream.write(drawn)


@click.command()
@click.argument("subject", metavar="AGREEMENT|FILE")
@click.option("--scenario", type=FILE, help="Show FILE as it stands after this scenario.")
@options.now
@options.as_json
@options.database
def timeline(
    subject: str,
    scenario: Path | None,
    now: str | None,
    as_json: bool,  # noqa: FBT001
    database: str,
) -> None:
    """Show what was due against what was delivered, obligation by obligation.

    Example: phaseflow timeline plan

    Example: phaseflow timeline plan.yaml --scenario scenarios/record_2025.yaml
    """
    if scenario is not None:
        line = picturing.timeline_of_rehearsal(_script(Path(subject), scenario))
    else:
        with opened(database) as store:
            line = picturing.timeline_of_agreement(store, subject, now)
    if as_json:
        emit(picturing.timeline_document(line))
    else:
        click.echo(clean(strip(line)), nl=False)


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
        return picturing.of_rehearsal(_script(path, scenario))
    if path.is_file():
        return picturing.of_definition(options.read(path), subject)
    with opened(database) as store:
        return picturing.of_agreement(store, subject, now)


def _script(definition: Path, scenario: Path) -> Script:
    return Script(
        definition=options.read(definition),
        definition_file=str(definition),
        scenario=options.read(scenario),
        scenario_file=str(scenario),
    )
