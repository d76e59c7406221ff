# `make` lists the targets. Needs GNU make, git and Python 3.11 or later, nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CATALOGUES := translations

.DEFAULT_GOAL := help
.PHONY: help install demo test test-quick check fix bench messages lock clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed 's/:.*## /\t/' | expand -t 14

install: $(VENV)/installed ## Create .venv with everything pinned (again only when the pins change)

$(VENV)/installed: requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Backspin needs Python 3.11 or later; $(PYTHON) is: $$($(PYTHON) --version 2>&1)."; \
	  echo "Name another one:  make $(or $(MAKECMDGOALS),install) PYTHON=python3.13"; exit 1; }
	@echo "Installing into $(VENV). The first time takes about a minute."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

demo: install ## Run everything on this machine: http://127.0.0.1:8000 (PORT=... for another port)
	@exec $(BIN)/python -m demo

test: install ## Run all tests, two files at a time
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-quick: install ## Run the tests that take milliseconds
	$(BIN)/python -m pytest -m "not slow and not browser"

check: install ## Check format, rules, types, layers and templates
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --check templates
	$(BIN)/djlint --quiet --lint templates

fix: install ## Repair what can be repaired by itself: format, rules, templates
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	-$(BIN)/djlint --quiet --reformat templates

bench: install ## Measure, and print the table of docs/performance.md
	$(BIN)/python -m bench

messages: install ## Collect the sentences for translation (LANGUAGE=fr begins a new one)
	@mkdir -p $(CATALOGUES)
	$(BIN)/pybabel --quiet extract --mapping babel.cfg --no-location --sort-output \
	  --project Backspin --output $(CATALOGUES)/messages.pot .
	$(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date \
	  --input-file $(CATALOGUES)/messages.pot --output-dir $(CATALOGUES) \
	  $(if $(LANGUAGE),--init-missing --locale $(LANGUAGE))

# --no-config: the pins must not depend on whose machine this runs on.
LOCK := $(BIN)/uv pip compile --no-config --quiet --universal --generate-hashes \
  --python-version 3.11 --custom-compile-command "make lock" $(UPGRADE)

lock: install ## Pin the requirements again (UPGRADE=--upgrade for newer versions)
	$(LOCK) requirements.in --output-file requirements.txt
	$(LOCK) requirements-dev.in --output-file requirements-dev.txt

clean: ## Remove what can be made again; the demo's data in var/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
