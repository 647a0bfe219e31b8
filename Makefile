# make run and make test are all that a user needs; make check is all that a developer needs.
SHELL := bash
PYTHON ?= python3
BIN := .venv/bin
HOST ?= 127.0.0.1
PORT ?= 8000
NEO4J_DIR ?= data/neo4j
SOURCES := graph_models service examples benchmarks tests tools

.PHONY: run test check format test-neo4j test-shipped mutation lock clean

# Serves the scored demo. STORE=neo4j keeps it in Neo4j: the one at STAKEHOLDER_GRAPH_STORE, else Docker Compose, else a local server (Java 17, Maven).
run: .venv/runtime
ifeq ($(STORE),neo4j)
	@tools/neo4j/run-with-neo4j $(BIN)/stakeholder-graph $(HOST) $(PORT) $(NEO4J_DIR)
else
	@$(BIN)/stakeholder-graph demo && exec $(BIN)/stakeholder-graph serve --host $(HOST) --port $(PORT)
endif

test: .venv/dev
	$(BIN)/python -m pytest -q -n 2 -m "not neo4j and not shipped"

check: .venv/dev
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/basedpyright --level error
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -n 2 -m "not neo4j and not shipped" --cov --cov-report=

# The contract and API suites on a real Neo4j, started and stopped here.
test-neo4j: .venv/dev
	@tools/neo4j/with-server $(BIN)/python -m pytest -q -m neo4j tests

# The wheel in an empty environment outside the source tree, and as the image runs it.
test-shipped: .venv/dev
	$(BIN)/python -m pytest -q -m shipped tests/ship

# Small mistakes in core modules, one at a time: which of them do the module's own tests not notice? SAMPLE=30 is what CI draws.
SAMPLE ?= 400
mutation: .venv/dev
	@tools/neo4j/with-server $(BIN)/python tools/mutation.py --sample $(SAMPLE)

format: .venv/dev
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv .venv

.venv/runtime: .venv/bin/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m graph_models.kernels.compile
	touch $@

.venv/dev: .venv/bin/python requirements-dev.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m graph_models.kernels.compile
	touch $@ .venv/runtime

lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --group build -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --group dev -o requirements-dev.lock

clean:
	rm -rf .venv data .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*
