# Two commands matter: `make run` and `make test`. Both need only Python 3.11 or newer and make.

PYTHON ?= python3
WORKERS ?= 2
FUNIL_SEEDS ?= 1000
export FUNIL_SEEDS
# The suite starts the program hundreds of times: compiled once, not each time.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
RUN_ENV := $(VENV)/.run-stamp
DEV_ENV := $(VENV)/.dev-stamp
POT := $(VENV)/funil.pot
LOCK := uv pip compile --quiet $(if $(UPGRADE),--upgrade) --universal --python-version 3.11 --generate-hashes --no-emit-index-url

.DEFAULT_GOAL := help
.PHONY: run test lint format messages bench lock docs clean help

run: $(RUN_ENV) ## Open the board on the offline demo's data
	@$(BIN)/funil demo

test: lint ## Lint, strict types, import contracts and the suite (FUNIL_SEEDS=1000 simulator seeds)
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal

lint: $(DEV_ENV) ## Format check, lint, strict types, import contracts
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo > $(VENV)/contracts.log || { cat $(VENV)/contracts.log; exit 1; }

format: $(DEV_ENV) ## Write the code the way `make lint` wants it
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

messages: $(DEV_ENV) ## Gather the texts to translate into core/locale/, and compile the catalogues
	@$(BIN)/pybabel --quiet extract --no-location --sort-output --output-file $(POT) core adapters data tui funil.py
	@$(BIN)/pybabel --quiet update --domain funil --input-file $(POT) --output-dir core/locale \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap
	@$(BIN)/pybabel --quiet compile --domain funil --directory core/locale

bench: $(DEV_ENV) ## Measure against the bars of docs/PERFORMANCE.md
	@$(BIN)/python -m benchmarks

docs: $(DEV_ENV) ## Make again the pictures and tables that the program itself draws
	@$(BIN)/python -m docs

lock: $(VENV)/pyvenv.cfg ## Lock what pyproject.toml asks for (UPGRADE=1: in the newest versions)
	@$(PIP) install uv
	@$(BIN)/$(LOCK) pyproject.toml -o requirements.lock
	@$(BIN)/$(LOCK) --all-extras --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## Remove the environment and every cache
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## Show this
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Funil needs Python 3.11 or newer; say which: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv $(VENV)

# What a user gets: the locked packages, and this tree in place of a wheel. Python compiles what is used, when it is.
$(RUN_ENV): requirements.lock pyproject.toml | $(VENV)/pyvenv.cfg
	@echo "Preparing $(VENV) (once)"
	@$(PIP) install --no-compile --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --editable .
	@touch $@

# The same and the tools, all of it locked, the build backend too.
$(DEV_ENV): requirements-dev.lock requirements.lock pyproject.toml | $(VENV)/pyvenv.cfg
	@echo "Preparing $(VENV) with the tools (once)"
	@$(PIP) install --no-compile --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(RUN_ENV)
