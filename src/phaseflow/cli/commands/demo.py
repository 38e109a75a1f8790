"""The command ``demo``."""

import shlex
import shutil
import sys
from importlib.resources import files
from pathlib import Path

import click

from phaseflow.cli import input_files
from phaseflow.cli.database import opened
from phaseflow.cli.exit_codes import REFUSED
from phaseflow.cli.main import APP
from phaseflow.cli.pages.demo import demo_page
from phaseflow.cli.terminal import wrapped
from phaseflow.service.demonstrate import demonstrate
from phaseflow.service.rehearse import Mismatch

PLAN = "three_phase_plan/definition.yaml"
RECORD = "three_phase_plan/scenarios/record_2025.yaml"


@click.command()
@click.option(
    "--database",
    default="phaseflow-demo.db",
    show_default=True,
    metavar="URL",
    help="Where to keep it.",
)
@click.pass_context
def demo(ctx: click.Context, database: str) -> None:
    """Open the three-phase plan, replay the record of 2025 into it, and audit it.

    Run again it files nothing twice.

    Example: phaseflow demo
    """
    script = input_files.script(_shipped(PLAN), _shipped(RECORD))
    with opened(database, creates=True) as store:
        shown = demonstrate(store, script)
    click.echo(demo_page(shown))
    click.echo()
    label = shown.played.view.place.header.label
    click.echo(f"It is kept in {database}. Look further, for example:")
    look = [*_invoked(), "history", label, "--obligation", "prisoners", "--database", database]
    click.echo(f"  {shlex.join(look)}")
    for mismatch in shown.played.mismatches:
        click.echo(_told(_shipped(RECORD), mismatch), err=True)
    if shown.played.mismatches:
        ctx.exit(REFUSED)


def _invoked() -> list[str]:
    """Return the words with which this program can be run again from the same shell."""
    program = Path(sys.argv[0])
    if program == Path(__file__).parents[1] / "__main__.py":
        return [sys.executable, "-m", "phaseflow.cli"]
    found = shutil.which(APP)
    if program.stem != APP or (found is not None and program.samefile(found)):
        return [APP]
    return [sys.argv[0]]


def _shipped(name: str) -> Path:
    """Return a definition that comes with the program: in the wheel, else in the repository."""
    shipped = Path(str(files("phaseflow"))) / "definitions"
    folder = shipped if shipped.is_dir() else Path(__file__).parents[4] / "definitions"
    return folder / name


def _told(scenario: Path, mismatch: Mismatch) -> str:
    place = f"{scenario}:{mismatch.line}"
    return "\n".join(wrapped(f"{place}: {mismatch.text}", indent=4, first=""))
