# Two commands do all on a fresh machine: `make audit` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: audit test lint types contracts docs lock bench clean

audit: $(VENV)/base.done  ## audit the shipped example and say where the report is
	$(BIN)/wardbook audit examples/millbrook --out millbrook-audit
	@echo "open millbrook-audit/report.html in a browser"

test: $(VENV)/dev.done lint types contracts docs  ## all that must pass
	$(BIN)/python -m pytest --cov --cov-report=term

lint: $(VENV)/dev.done
	$(BIN)/ruff check .

types: $(VENV)/dev.done
	$(BIN)/mypy

contracts: $(VENV)/dev.done
	$(BIN)/lint-imports

docs: $(VENV)/dev.done  ## fail if generated docs are stale
	$(BIN)/python docs/generate.py --check

lock: $(VENV)/dev.done  ## pin what pyproject.toml asks for
	$(BIN)/python -m pip install -q uv
	$(BIN)/uv pip compile -q pyproject.toml --universal --no-strip-extras --generate-hashes --no-header --no-annotate -o requirements/base.txt
	$(BIN)/uv pip compile -q pyproject.toml --group dev --extra prove --extra spark --universal --no-strip-extras --generate-hashes --no-header --no-annotate -o requirements/dev.txt

bench: $(VENV)/dev.done  ## long; not part of the tests
	$(BIN)/python benchmarks/take_in.py
	$(BIN)/python benchmarks/audit_million.py
	$(BIN)/python -m benchmarks.rulebooks

$(VENV)/base.done: requirements/base.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/base.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/dev.done: $(VENV)/base.done requirements/dev.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

clean:
	rm -rf $(VENV) *-audit dist build
