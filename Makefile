# Two commands matter: `make run` and `make test`. Stamp files below .venv make repeats quick.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
BIN := .venv/bin
STAMPS := .venv/.stamps
PACKAGES := $(patsubst %/package.yaml,%,$(wildcard bpmn/*/package.yaml))
SOURCES := engine lending loanflow migrations models operations web tests benchmarks
PYTEST := $(BIN)/python -m pytest

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

.PHONY: help install run test assets bench conformance lint lock
help:
	@echo "make run      install, create the demonstration below var/, serve http://127.0.0.1:8000"
	@echo "make test     everything that proves the program right"
	@echo "make install  .venv with the program; then .venv/bin/loanflow --help"
	@echo "make lint     style, types, layers"
	@echo "make bench    measure"
	@echo "make conformance  pass rates of the public suites"
	@echo "make assets   rebuild the browser bundles (needs Node)"
	@echo "make lock     resolve the dependencies anew"

# --- installing ---------------------------------------------------------------------------------------------------

install: $(STAMPS)/run

$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Loanflow needs Python 3.11 or later; try: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@mkdir -p $(STAMPS) && touch $@

# The hashes in the lock files are checked. Nothing of ours is compiled, and nothing is built in isolation.
$(STAMPS)/run: requirements/run.txt setup.cfg pyproject.toml | $(STAMPS)/venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps -e .
	@touch $@

$(STAMPS)/dev: requirements/dev.txt $(STAMPS)/run
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

lock: $(STAMPS)/venv
	@$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" --upgrade setup.cfg requirements/build.in -o requirements/run.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" -c requirements/run.txt --extra test setup.cfg requirements/build.in -o requirements/dev.txt

# --- running ------------------------------------------------------------------------------------------------------

run: export LOANFLOW_DATABASE_URL ?= sqlite:///var/loanflow.db
run: export LOANFLOW_DATA_DIR ?= var/files
run: export LOANFLOW_DEMO ?= 1
run: install
	@mkdir -p -m 700 var
	@test -s var/secret-key || (umask 077; $(BIN)/python -c 'import secrets; print(secrets.token_hex(32))' > var/secret-key)
	@export LOANFLOW_SECRET_KEY="$${LOANFLOW_SECRET_KEY:-$$(cat var/secret-key)}"; \
	$(BIN)/loanflow init; \
	$(if $(PACKAGES),$(BIN)/loanflow deploy $(PACKAGES);) \
	if [ "$$LOANFLOW_DEMO" = 1 ]; then $(BIN)/loanflow demo; fi; \
	exec $(BIN)/loanflow serve

# --- proving ------------------------------------------------------------------------------------------------------

test: $(STAMPS)/dev lint
	@.ci/browser
	$(PYTEST) -n 2 --no-loadscope-reorder -m "not postgres and not browser and not faults"
	$(PYTEST) -m postgres
	$(PYTEST) -m browser
	$(PYTEST) -m faults

lint: $(STAMPS)/dev
	$(BIN)/ruff check --quiet $(SOURCES)
	$(BIN)/ruff format --quiet --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --verbose

# Public suites, read in place from LOANFLOW_SUITES; skipped, saying so, where they are not.
conformance: $(STAMPS)/dev
	$(BIN)/python -m tests.conformance

bench: $(STAMPS)/dev
	$(BIN)/python benchmarks/run.py

assets:
	cd frontend && npm ci --no-audit --no-fund && npm run build
