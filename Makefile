# The two commands are `make demo` and `make test`; the rest are their pieces.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DATA ?= data
PORT ?= 8080
UNITS ?= 20000
# Processes that the tests are dealt out to: one a core, but no more than pay.
WORKERS ?= auto

# An environment that could not be made whole is made again.
.DELETE_ON_ERROR:

.PHONY: demo test check parts bench venv venv-test clean

venv: $(VENV)/.installed
venv-test: $(VENV)/.installed-test

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11, 3.12 or 3.13 is needed: make PYTHON=python3.12") if not (3, 11) <= sys.version_info[:2] <= (3, 13) else None'
	$(PYTHON) -m venv $(VENV)

INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
FAILED := { echo "The packages in setup.cfg could not be installed. Is PyPI reachable (HTTPS_PROXY, pip config)? Then repeat make." >&2; exit 1; }

$(VENV)/.installed: setup.cfg pyproject.toml | $(VENV)/bin/python
	@echo "installing into $(VENV)"; $(INSTALL) -e . || $(FAILED)
	touch $@

$(VENV)/.installed-test: setup.cfg pyproject.toml | $(VENV)/bin/python
	@echo "installing into $(VENV)"; $(INSTALL) -e '.[test,dev]' || $(FAILED)
	touch $@ $(VENV)/.installed

demo: venv
	$(BIN)/eyhub demo --units $(UNITS) --data $(DATA) --port $(PORT)

parts:
	PYTHON=$(PYTHON) sh tests/install-parts.sh

test: parts venv-test
	$(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 4

check: venv-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: venv-test
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) build *.egg-info
