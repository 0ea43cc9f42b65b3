# Two commands do everything on a machine with Python 3.11, pip and make: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO_SERVE ?= 1
export KAKEHASHI_HOME ?= $(CURDIR)/var

.PHONY: demo test lint bench up network worker messages reference browser clean

$(VENV)/.installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	touch $@

demo: $(VENV)/.installed
	$(BIN)/kakehashi demo $(if $(filter 0,$(DEMO_SERVE)),--no-serve,--serve)

up: $(VENV)/.installed
	$(BIN)/kakehashi up

network: $(VENV)/.installed
	$(BIN)/kakehashi network

worker: $(VENV)/.installed
	$(BIN)/kakehashi worker

test: $(VENV)/.installed-dev
	$(BIN)/pytest -n 2 --dist worksteal --note-statements var/test-statements tests
	TEST_DATABASE=postgresql $(BIN)/pytest -n 2 --dist worksteal --by-statements var/test-statements tests/kernel tests/systems tests/web tests/contract

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check src tests
	$(BIN)/ruff format --check src tests
	$(BIN)/lint-imports
	$(BIN)/mypy src

bench: $(VENV)/.installed-dev
	$(BIN)/python -m tests.bench

messages: $(VENV)/.installed-dev
	$(BIN)/python -m kakehashi.locale.build

reference: $(VENV)/.installed-dev
	$(BIN)/python -m tests.house.reference

clean:
	rm -rf $(VENV) build dist
