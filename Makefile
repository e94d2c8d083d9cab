# 产图 Chantu: `make run` serves the app, `make test` checks all of it. Both set themselves up; pip is all they need.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do command -v $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin

# a stamp is named by what it installed: same lists, nothing to do, and no network asked
stamp = $(VENV)/.$(1)-$(firstword $(shell sha256sum $(2)))
RUN_STAMP := $(call stamp,run,requirements.txt)
DEV_STAMP := $(call stamp,dev,requirements-dev.txt)
# numba compiles for this machine; done here, nobody waits for it at the first click
KERNELS := $(sort $(wildcard geo/*.py)) exchange/formats/wkb.py
WARMED := geo.adjacency geo.annealing geo.area geo.coverage geo.frontage geo.grouping geo.partition geo.separators geo.validity exchange.formats.wkb
KERNEL_STAMP := $(VENV)/.kernels-$(firstword $(shell cat $(KERNELS) requirements.txt | sha256sum))

# the programs that ours is compared with have an environment of their own
BENCH := var/bench
BENCH_STAMP := $(BENCH)/.made-$(firstword $(shell sha256sum pyproject.toml))
# so have the eyes that read pages
NIGHTLY := var/nightly
NIGHTLY_STAMP := $(NIGHTLY)/.made-$(firstword $(shell sha256sum pyproject.toml))

PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --require-hashes --only-binary :all:
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--only-binary :all: --no-annotate --custom-compile-command "make lock"

PYTEST := $(BIN)/python -m pytest

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export STREAMLIT_BROWSER_GATHER_USAGE_STATS := false

.PHONY: help run test check lint types imports unit journeys sample bench nightly lock clean

help: ## what can be made
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

run: $(KERNEL_STAMP) ## serve on 127.0.0.1:8501, with the sample on first start
	@[ -n "$${CHANTU_DATABASE_URL:-}" ] || [ -e var/chantu.sqlite ] || $(BIN)/python -m cli init --sample
	@exec $(BIN)/python -m cli serve

test: $(DEV_STAMP) $(KERNEL_STAMP) ## every check and every test, in a real browser too
	@$(MAKE) --no-print-directory lint types imports
	@CHROMIUM="$$(tools/browser.sh $(BIN)/python)" && export CHROMIUM && \
		nice -n 5 $(PYTEST) --numprocesses 2 --dist loadfile --no-loadscope-reorder --durations 30

check: $(DEV_STAMP) lint types imports unit ## the fast half: no browser

lint: $(DEV_STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(DEV_STAMP)
	@$(BIN)/mypy

imports: $(DEV_STAMP)
	@$(BIN)/lint-imports --no-logo

unit: $(DEV_STAMP) ## unit and property tests
	@$(PYTEST) --numprocesses 2 --dist loadfile --ignore tests/journeys

journeys: $(DEV_STAMP) ## the tests in a real browser, with pictures in shots/
	@CHROMIUM="$$(tools/browser.sh $(BIN)/python)" && export CHROMIUM && CHANTU_SHOTS=1 $(PYTEST) tests/journeys

sample: $(RUN_STAMP) ## build data/sample again, to the same bytes
	@$(BIN)/python -m data.sample.build

bench: $(DEV_STAMP) $(KERNEL_STAMP) $(BENCH_STAMP) ## measure, and write benchmarks/results
	@CHANTU_BENCH_PYTHON="$(CURDIR)/$(BENCH)/bin/python" $(BIN)/python -m benchmarks.geometry
	@$(BIN)/python -m benchmarks.coverage
	@CHANTU_BENCH_PYTHON="$(CURDIR)/$(BENCH)/bin/python" $(BIN)/python -m benchmarks.allocation
	@CHROMIUM="$$(tools/browser.sh $(BIN)/python)" && export CHROMIUM && $(BIN)/python -m benchmarks.map_latency

nightly: $(DEV_STAMP) $(KERNEL_STAMP) $(NIGHTLY_STAMP) ## read every page as a reader would: some ten minutes
	@CHANTU_NIGHTLY_PYTHON="$(CURDIR)/$(NIGHTLY)/bin/python" nice -n 5 $(BIN)/python -m tests.nightly

lock: $(DEV_STAMP) ## resolve the exact versions again: what runs is what was tested
	@$(LOCK) --group dev --output-file requirements-dev.txt
	@$(LOCK) --constraint requirements-dev.txt --output-file requirements.txt

clean: ## remove what can be made again; the database under var/ stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache shots
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@tools/venv.sh "$(PYTHON)" $(VENV)

$(RUN_STAMP): $(BIN)/python requirements.txt
	@echo "installing the exact versions of requirements.txt"
	@$(PIP) --requirement requirements.txt
	@rm -f $(VENV)/.run-* && touch $@

$(KERNEL_STAMP): $(RUN_STAMP) $(KERNELS)
	@echo "compiling the geometry kernels for this machine, once"
	@rm -f {geo,exchange/formats}/__pycache__/*.nb? # numba looks at a kernel's own file, not at those it calls
	@parts=(); for part in $(WARMED); do $(BIN)/python -c "import $$part as part; part.warm()" & parts+=($$!); done; \
		for part in "$${parts[@]}"; do wait "$$part"; done
	@rm -f $(VENV)/.kernels-* && touch $@

# programs to compare with, and what reads pages: each in an environment of its own, named as its group
$(BENCH_STAMP) $(NIGHTLY_STAMP): $(BIN)/python pyproject.toml
	@echo "installing the group $(notdir $(@D))"
	@$(BIN)/python -m venv $(@D)
	@$(@D)/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	@$(@D)/bin/python -m pip install --quiet --only-binary :all: --group $(notdir $(@D))
	@touch $@

$(DEV_STAMP): $(RUN_STAMP) requirements-dev.txt
	@echo "installing the exact versions of requirements-dev.txt"
	@$(PIP) --requirement requirements-dev.txt
	@rm -f $(VENV)/.dev-* && touch $@
