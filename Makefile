# Everything a person types. `make help` lists it.
#
# The environment is made by pip alone, from hash-pinned lists in requirements/. A second run finds its
# stamp and goes straight on.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

PORT ?= 8000
# Extra words for pytest or for the benches: make test ARGS="tests/measure -x"
ARGS ?=
PYTHON_ENV := .venv/bin/python
# The suite runs in two processes, a file of tests in one of them, the long files of the first folders first.
# PARALLEL= runs it in one, to look for what goes wrong.
PARALLEL ?= -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: help run test test-spark soak bench bench-check lint format setup lock messages

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make .venv with everything needed to work on the code
	@scripts/environment.sh dev

run: ## check the region's facts, print its standing, serve the site (PORT=8000)
	@scripts/environment.sh run
	@.venv/bin/serantau check
	@.venv/bin/serantau status
	@.venv/bin/serantau serve --port "$(PORT)"

test: ## the whole suite: unit, property, conformance, browser, both databases
	@scripts/environment.sh dev
	@scripts/system_needs.sh
	@$(PYTHON_ENV) -m pytest $(PARALLEL) $(ARGS)

test-spark: ## the tests of the extra [spark]; needs Java 17, and downloads 450 MB the first time
	@scripts/environment.sh dev
	@scripts/environment.sh spark
	@$(PYTHON_ENV) -m pytest -m spark $(ARGS)

# A test of five minutes is no hang here, and faulthandler's look into a thread that runs can crash Python 3.11.
soak: ## the long runs that `make test` leaves out
	@scripts/environment.sh dev
	@scripts/system_needs.sh
	@SERANTAU_HYPOTHESIS=soak $(PYTHON_ENV) -m pytest -m "soak or property" -o faulthandler_timeout=0 $(ARGS)

bench: ## our speed beside our peers' in the same run
	@scripts/environment.sh bench
	@$(PYTHON_ENV) bench/check.py --no-floors $(ARGS)

bench-check: ## the same, compared with the committed floors in bench/floors.toml
	@scripts/environment.sh bench
	@$(PYTHON_ENV) bench/check.py $(ARGS)

lint: ## style, types and the direction of imports
	@scripts/environment.sh dev
	@$(PYTHON_ENV) -m ruff check .
	@$(PYTHON_ENV) -m ruff format --check .
	@$(PYTHON_ENV) -m mypy
	@.venv/bin/lint-imports

format: ## rewrite the code in the house style
	@scripts/environment.sh dev
	@$(PYTHON_ENV) -m ruff check --fix .
	@$(PYTHON_ENV) -m ruff format .

lock: ## renew requirements/*.txt (needs uv; nobody else does)
	@scripts/lock.sh

messages: ## renew the catalogues of the interface from the source; ARGS="--list" shows what is not translated
	@scripts/environment.sh dev
	@$(PYTHON_ENV) scripts/messages.py $(ARGS)
