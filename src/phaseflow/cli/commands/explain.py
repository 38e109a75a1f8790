"""The command ``explain``."""

import click

from phaseflow.cli import options
from phaseflow.cli.pages.explain import rule_page, rules_page
from phaseflow.cli.terminal import emit
from phaseflow.service.explain import explained
from phaseflow.service.json.rules import rules_document


@click.command()
@click.argument("code", required=False)
@options.as_json
def explain(code: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Say what a rule asks, why, and what to write instead; without CODE, list all rules.

    Example: phaseflow explain PF418
    """
    rules = explained(code)
    if as_json:
        emit(rules_document(rules))
    elif code is None:
        click.echo(rules_page(rules))
    else:
        click.echo(rule_page(rules[0]))
