# The two commands: `make run` and `make test`. Everything else is a part of them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
HOME_DIR ?= demo-home
PYTEST := $(BIN)/pytest -n auto --dist worksteal --durations 20

# Where nothing compiled is kept, each night of the tests compiles its libraries anew: 6 s of CPU for
# those of the gate alone.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test lint types clean
run: $(VENV)/.ready ## set up, simulate reports of several countries, run the night on them
	$(BIN)/poolvigil demo --home $(HOME_DIR)

test: $(VENV)/.spark ## set up, run every test, on every core
	$(PYTEST)

test-%: $(VENV)/.ready ## one kind of test: unit, property, spec, oracle, integration, e2e
	$(PYTEST) tests/$*

test-integration: $(VENV)/.spark

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.spark
	$(BIN)/pyright

# Modules are compiled when they are first imported: most never are, and compiling all of them is
# two fifths of the set-up.
$(VENV)/.ready: requirements-dev.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# Only tests need Spark, which is larger than all the rest.
$(VENV)/.spark: requirements-spark.lock $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes --no-deps -r requirements-spark.lock
	touch $@

clean:
	rm -rf $(VENV) $(HOME_DIR)
