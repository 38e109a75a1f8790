"""A sale of goods, and a command line on it."""

import json
from typing import Any

from click.testing import CliRunner, Result

from phaseflow.cli.main import cli

TEXT = """\
phaseflow: 1
name: sale
edition: "1"
title: Sale
calendar: {time_zone: Europe/Berlin, day_1: running}
parties:
  seller: {title: Seller, role: signatory}
  buyer: {title: Buyer, role: signatory}
  watch: {title: Watch, role: verifier}
obligations:
  goods: {obligor: seller, obligee: buyer, amount: 20, during: running, by: 2025-03-31}
  quiet: {obligor: buyer, obligee: seller, refrain: true, verified_by: watch, during: running}
initial: draft
states:
  draft:
  running:
  done: {final: success}
transitions:
  - {name: sign, from: draft, to: running, by: seller}
  - {name: close, from: running, to: done, by: {all: signatories}}
amendments: {by: {all: signatories}}
"""
SECOND = TEXT.replace('edition: "1"', 'edition: "2"').replace("2025-03-31", "2025-04-30")


class Desk:
    """A command line on one database."""

    def __init__(self, database: str) -> None:
        self.database = database

    def __call__(self, *arguments: object, code: int = 0) -> Result:
        """Run a command on the database, and expect what it ends with."""
        return self.alone(*arguments, "--database", self.database, code=code)

    def alone(self, *arguments: object, code: int = 0) -> Result:
        """Run a command that needs no database."""
        result = CliRunner().invoke(cli, [*map(str, arguments)], catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    def read(self, *arguments: object) -> dict[str, Any]:
        """Run a command on the database, and return its document."""
        return document(self(*arguments, "--json"))

    def entries(self, label: str = "sale") -> int:
        """Return how many entries the journal has."""
        return int(self.read("status", label)["position"])


def document(result: Result) -> dict[str, Any]:
    """Return what a command printed for programs."""
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found
