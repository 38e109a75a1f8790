"""The command ``timeline``."""

from pathlib import Path

import click

from phaseflow.cli import options
from phaseflow.cli.database import opened
from phaseflow.cli.run import unusable
from phaseflow.cli.terminal import emit, exactly
from phaseflow.drawing.raster import png
from phaseflow.drawing.timeline.chart import chart
from phaseflow.drawing.timeline.lanes import Timeline
from phaseflow.drawing.timeline.text import strip
from phaseflow.model.visible import clean
from phaseflow.service import draw
from phaseflow.service.json.timeline import timeline_document
from phaseflow.service.rehearse import Script

FILE = click.Path(path_type=Path)


_SHOWN = {".svg": "svg", ".png": "png", ".txt": "text", "": "text"}


_OUTPUT = click.option("--output", metavar="FILE", help="Where to write it.  [default: stdout]")


@click.command()
@click.argument("subject", metavar="AGREEMENT|FILE")
@click.option("--scenario", type=FILE, help="Show FILE as it stands after this scenario.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "svg", "png"]),
    help="png needs the extra phaseflow[pictures].  [default: as FILE ends, else text]",
)
@_OUTPUT
@options.now
@options.as_json
@options.database
def timeline(  # noqa: PLR0917  its options, by name
    subject: str,
    scenario: Path | None,
    form: str | None,
    output: str | None,
    now: str | None,
    as_json: bool,  # noqa: FBT001
    database: str,
) -> None:
    """Show what was due against what was delivered, obligation by obligation.

    Example: phaseflow timeline plan

    Example: phaseflow timeline plan --output plan.svg

    Example: phaseflow timeline plan.yaml --scenario scenarios/record_2025.yaml
    """
    if as_json and (form or output):
        msg = "--json prints to stdout, without --format and --output"
        raise click.UsageError(msg)
    kind = form or _ending(output, _SHOWN)
    if scenario is not None:
        line = draw.timeline_of_rehearsal(_script(Path(subject), scenario))
    else:
        _refuse_file(subject)
        with opened(database) as store:
            line = draw.timeline_of_agreement(store, subject, now)
    if as_json:
        emit(timeline_document(line))
    else:
        _write(_shown(line, kind), output)


def _shown(line: Timeline, form: str) -> bytes:
    match form:
        case "svg":
            return chart(line).encode()
        case "png":
            return png(chart(line))
        case _:
            return clean(strip(line)).encode()


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
