# Two commands do all on a fresh machine: `make audit` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DMN_PEER := $(VENV)/dmn-peer
AXE_PEER := $(VENV)/axe-peer

.PHONY: audit test conformance dmn-peer axe-peer lint types contracts docs lock bench clean

audit: $(VENV)/base.done  ## audit the shipped example and say where the report is
	$(BIN)/wardbook audit examples/millbrook --out millbrook-audit
	@echo "open millbrook-audit/report.html in a browser"

test: $(VENV)/dev.done lint types contracts docs dmn-peer axe-peer  ## all that must pass
	@test ! -e $(DMN_PEER).done || export WARDBOOK_DMN_PEER="$(CURDIR)/$(DMN_PEER)"; \
	test ! -e $(AXE_PEER).done || export WARDBOOK_AXE_PEER="$(CURDIR)/$(AXE_PEER)"; \
	$(BIN)/python -m pytest -n auto --dist loadfile --cov --cov-report=term

conformance: $(VENV)/dev.done  ## the same answers on the oldest DuckDB as on the newest, and on Sail
	$(BIN)/python -m tests.oldest_duckdb
	$(BIN)/python -m tests.records.conformance

dmn-peer: $(DMN_PEER).done  ## the engines of DMN that the tests compare with

axe-peer: $(AXE_PEER).done  ## the rules of accessibility that the tests hold pages to

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
	$(BIN)/uv pip compile -q pyproject.toml --group dev --extra link --extra prove --extra report --extra spark --extra timestamps --universal --no-strip-extras --generate-hashes --no-header --no-annotate -o requirements/dev.txt

bench: $(VENV)/dev.done  ## long; not part of the tests
	$(BIN)/python benchmarks/take_in.py
	$(BIN)/python benchmarks/audit_million.py
	$(BIN)/python -m benchmarks.rulebooks
	$(BIN)/python -m benchmarks.tracks
	$(BIN)/python -m benchmarks.custody
	$(BIN)/python -m benchmarks.accounts
	$(BIN)/python -m benchmarks.report

$(VENV)/base.done: requirements/base.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/base.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/dev.done: $(VENV)/base.done requirements/dev.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

# Without npm, or without a registry, nothing is installed and the tests that need the engines are skipped.
$(DMN_PEER).done: tests/policy/dmn_peer/package.json tests/policy/dmn_peer/package-lock.json | $(VENV)/dev.done
	@rm -rf $(DMN_PEER); mkdir -p $(DMN_PEER); cp $^ $(DMN_PEER)
	@if command -v npm >/dev/null && npm ci --prefix $(DMN_PEER) --omit=dev --ignore-scripts --no-audit --no-fund; \
	then touch $@; else echo "no npm packages: the tests with independent engines of DMN are skipped"; fi

$(AXE_PEER).done: tests/report/axe_peer/package.json tests/report/axe_peer/package-lock.json | $(VENV)/dev.done
	@rm -rf $(AXE_PEER); mkdir -p $(AXE_PEER); cp $^ $(AXE_PEER)
	@if command -v npm >/dev/null && npm ci --prefix $(AXE_PEER) --omit=dev --ignore-scripts --no-audit --no-fund; \
	then touch $@; else echo "no npm packages: the tests of accessibility are skipped"; fi

clean:
	rm -rf $(VENV) *-audit dist build
