# The two commands are `make demo` and `make test`; the rest are their pieces.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DATA ?= data
PORT ?= 8080
UNITS ?= 20000

.PHONY: demo test check parts bench venv venv-test clean

venv: $(VENV)/.installed
venv-test: $(VENV)/.installed-test

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11, 3.12 or 3.13 is needed: make PYTHON=python3.12") if not (3, 11) <= sys.version_info[:2] <= (3, 13) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: setup.cfg pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/.installed-test: setup.cfg pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test,dev]'
	touch $@ $(VENV)/.installed

demo: venv
	$(BIN)/eyhub demo --units $(UNITS) --data $(DATA) --port $(PORT)

parts:
	sh tests/install-parts.sh

test: venv-test parts
	$(BIN)/python -m pytest

check: venv-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: venv-test
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) build *.egg-info
