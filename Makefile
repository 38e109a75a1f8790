# Needs Python 3.11 or newer and make; everything else goes into .venv.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11 python
SUITABLE = import sys; sys.exit(sys.version_info < (3, 11))
VERSIONS := 3.11 3.12 3.13 3.14
ITS_VERSION = import sys; print("%d.%d" % sys.version_info[:2])
PYTEST := $(BIN)/python -m pytest
WORKERS := -n auto --maxprocesses 4
QUICK := $(addprefix tests/,model language prose compare engine journal witness) $(wildcard tests/test_*.py)

.DEFAULT_GOAL := help
.PHONY: help demo test quick check pythons soak coverage examples record bench lint types imports recipes format schema \
	lock hooks release clean again

help: ## Show what there is
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 18

demo: $(STAMP) ## Replay the record of 2025 on the three-phase plan, and audit it
	@$(BIN)/phaseflow demo

test: $(STAMP) ## Run all tests, on SQLite and PostgreSQL; or some: make test T=tests/engine
	$(PYTEST) $(WORKERS) $(T)

quick: $(STAMP) ## Run the tests of what is pure, with few examples, and the witness of every output
	HYPOTHESIS_PROFILE=quick $(PYTEST) $(WORKERS) $(QUICK)

check: test lint types imports recipes ## Run what CI runs

pythons: $(STAMP) ## Run the quick tests on each further Python that is installed
	@own=$$($(BIN)/python -c '$(ITS_VERSION)'); further=; \
	for version in $(VERSIONS); do \
		if [ $$version != $$own ] && python$$version -c "import ensurepip, venv" 2>/dev/null; then \
			further=1; \
			$(MAKE) --no-print-directory quick VENV=.venv-$$version PYTHON=python$$version || exit 1; \
		fi; \
	done; \
	[ -n "$$further" ] || echo "no Python but $$own is installed" >&2

soak: $(STAMP) ## Kill, feed and search it for up to 8 hours, going on where it was stopped
	@$(BIN)/python -m tests.faults.soak

coverage: $(STAMP) ## Run all tests and show what they do not reach
	$(PYTEST) $(WORKERS) --cov --cov-report=term

examples: $(STAMP) ## Run the examples of the README and the tutorial
	$(PYTEST) tests/docs

record: $(STAMP) ## Write into the README and the tutorial what their examples print
	PHASEFLOW_WRITE_EXAMPLES=1 $(PYTEST) tests/docs tests/language/test_explain.py

bench: $(STAMP) ## Measure the figures that the README quotes
	@for file in benchmarks/*.py; do $(BIN)/python "$$file" || exit 1; done

lint: $(STAMP)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(STAMP)
	$(BIN)/mypy

imports: $(STAMP)
	$(BIN)/lint-imports --no-logo

recipes: $(STAMP)
	$(PYTEST) tests/recipes/recipes.py

format: $(STAMP) ## Format the code, and mend what can be mended
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

schema: $(STAMP) ## Write the JSON Schema that editors read, from the form of a definition
	@$(BIN)/phaseflow schema > definitions/definition.schema.json

lock: $(STAMP) ## Choose the versions of requirements.lock anew
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" \
		--group dev --output-file requirements.lock pyproject.toml

hooks: $(STAMP) ## Look at each commit before it is made: lint, types, contracts, subject
	@$(BIN)/pre-commit install

release: check ## Make a release of what is committed: make release VERSION=0.2.0
	@$(BIN)/python tools/release.py $(VERSION)

clean: ## Remove .venv and what the tools leave behind
	rm -rf .venv .venv-* build dist htmlcov .coverage* .pytest_cache .mypy_cache .ruff_cache \
		.hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp holds the directory it was made for: an environment that was moved,
# or whose Python is gone, is made anew.
ifneq ($(shell $(BIN)/python -c "$(SUITABLE)" 2>/dev/null && cat $(STAMP) 2>/dev/null),$(CURDIR))
$(STAMP): again
endif

again:

$(STAMP): requirements.lock pyproject.toml
	@python=; for candidate in $(PYTHON) $(CANDIDATES); do \
		if "$$candidate" -c "$(SUITABLE)" 2>/dev/null; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo "phaseflow needs Python 3.11 or newer; none of these is: $(PYTHON) $(CANDIDATES)" >&2; \
		echo "install one, or name it: make PYTHON=/path/to/python3.12 ..." >&2; exit 1; \
	fi; \
	if ! "$$python" -c "import ensurepip, venv" 2>/dev/null; then \
		echo "$$python cannot make an environment: it lacks venv or ensurepip" >&2; \
		echo "on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; \
	fi; \
	if [ ! -f $(STAMP) ] || [ "$$(cat $(STAMP))" != "$(CURDIR)" ] \
		|| ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
		echo "making $(VENV) with $$python ..." >&2; \
		"$$python" -m venv --clear $(VENV) || exit 1; \
	fi
	@echo "installing what requirements.lock names ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
		-r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--no-build-isolation -e .
	@printf '%s\n' "$(CURDIR)" > $(STAMP)
