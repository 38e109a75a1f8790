"""Run the command line as ``python -m phaseflow.cli``."""

from phaseflow.cli.main import main

main()
