"""The command ``explain``."""

import click

from phaseflow.cli import options
from phaseflow.cli.terminal import emit, heading, wrapped
from phaseflow.model.visible import clean
from phaseflow.service.explain import Explanation, all_explained, explained
from phaseflow.service.json.rules import rules_document


@click.command()
@click.argument("code", required=False)
@options.as_json
def explain(code: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Say what a rule asks, why, and what to write instead; without CODE, list all rules.

    Example: phaseflow explain PF418
    """
    rules = all_explained() if code is None else [explained(code)]
    if as_json:
        emit(rules_document(rules))
    elif code is None:
        for rule in rules:
            first = f"{rule.code}  {rule.severity:<7}  "
            click.echo("\n".join(wrapped(rule.what, indent=len(first), first=first)))
    else:
        click.echo(_page(rules[0]))


def _page(rule: Explanation) -> str:
    parts = [heading(f"{rule.code} ({rule.severity}): {rule.what}"), *wrapped(rule.why), ""]
    parts += [*_block(rule.bad), ""]
    if rule.reported:
        parts += ["is reported as", "", *_block(rule.reported), ""]
    parts += [*wrapped(rule.instead), "", *_block(rule.good)]
    return "\n".join(parts)


def _block(text: str) -> list[str]:
    return [f"    {line}".rstrip() for line in clean(text).splitlines()]
