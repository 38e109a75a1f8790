"""The command ``completion``."""

import click
from click.shell_completion import get_completion_class

from phaseflow.cli.main import cli


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell.

    Example: eval "$(phaseflow completion bash)"
    """
    completer = get_completion_class(shell)
    assert completer is not None
    script = completer(cli, {}, "phaseflow", "_PHASEFLOW_COMPLETE")
    click.echo(script.source_template % script.source_vars())
