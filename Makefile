# What can be done here; `make help` lists it. Everything lives in .venv and var.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
CODE := bot handlers dialogs civic storage locales tests bench

.DEFAULT_GOAL := help
.PHONY: help install run test check bench lock catalogues screenshots format clean

help: ## Say what can be done here
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/\1|\2/' | \
	  while IFS='|' read -r name what; do printf '  make %-11s %s\n' "$$name" "$$what"; done

install: $(VENV)/.installed locales/.compiled ## Make .venv with the locked dependencies and the command dauys

run: install ## Serve on 127.0.0.1:8080 with the sample town; no token, no network needed
	@exec $(BIN)/dauys run

test: $(VENV)/.developed locales/.compiled ## Run all tests
	$(BIN)/python -m pytest -n auto $(PYTEST)

check: $(VENV)/.developed locales/.compiled ## Run every gate: style, types, layers, texts, migrations, tests with coverage
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m locales.check
	@$(MAKE) --no-print-directory test PYTEST='--cov --cov-report=term:skip-covered --cov-report=json:.coverage.json'
	$(BIN)/python -m tests.coverage_floors

bench: $(VENV)/.developed locales/.compiled ## Measure, side by side with peers
	$(BIN)/python -m bench.conversation
	$(BIN)/python -m bench.broadcast
	$(BIN)/python -m bench.year
	$(BIN)/python -m bench.standing
	$(BIN)/python -m bench.tally

lock: $(VENV)/.developed ## Choose versions anew and write the lock files
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --universal --no-emit-index-url \
	  --no-annotate --no-header --python-version 3.11 --extra build -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --generate-hashes --universal --no-emit-index-url \
	  --no-annotate --no-header --python-version 3.11 --extra build --extra dev \
	  -c requirements.lock -o requirements-dev.lock pyproject.toml

catalogues: $(VENV)/.developed ## Take new texts over from the code into locales/*.po
	$(BIN)/python -m locales.update

screenshots: $(VENV)/.developed locales/.compiled ## Take the README's pictures from the running service; needs Chromium
	$(BIN)/python -m tests.screenshots

format: $(VENV)/.developed ## Put the code into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## Remove .venv and what was compiled; var stays
	rm -rf $(VENV) locales/.compiled build *.egg-info
	find . -name '*.mo' -delete

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/.developed: requirements-dev.lock $(VENV)/.installed
	$(PIP) -r requirements-dev.lock
	@touch $@

locales/.compiled: $(wildcard locales/*/LC_MESSAGES/*.po) | $(VENV)/.installed
	$(BIN)/python -m locales.compile
	@touch $@
