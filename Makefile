# Run `make` to see the targets. PYTHON picks the interpreter, VENV where its environment goes:
# `make test PYTHON=python3.13 VENV=.venv-3.13`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Where the clients of `make test-clients` are installed (1.8 GB), in the versions of tests/clients.
CLIENTS ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/agentgen-clients
PINS := $(word 1,$(shell cat tests/clients/* | cksum))

.DEFAULT_GOAL := help
.PHONY: help render test test-clients check lint types unit golden fuzz faults bench bench-check docs format build clean

help: ## show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

render: $(VENV)/installed ## render the shipped agents with the example schema into build/
	@$(BIN)/agentgen render --verbose

test: check ## everything that has to pass: ruff, mypy, pytest, the documents

check: lint types unit docs

lint: $(VENV)/installed-dev
	$(BIN)/zizmor --quiet --offline --pedantic .github action.yml
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/installed-dev
	$(BIN)/mypy

# How many tests run at once; they spend half of their time waiting for processes.
PROCESSES ?= auto
unit: $(VENV)/installed-dev $(VENV)/installed-browser
	$(BIN)/coverage erase
	AGENTGEN_NEED_BROWSER=1 $(BIN)/coverage run -m pytest --numprocesses $(PROCESSES)
	@$(BIN)/coverage combine --quiet && $(BIN)/coverage report

# For tests that take long because they do much.
ANY_TIME := --override-ini faulthandler_timeout=0
test-clients: $(VENV)/installed-dev $(CLIENTS)/installed-$(PINS) ## ask real clients, in pinned versions, which agents they load
	AGENTGEN_CLIENTS=$(CLIENTS) $(BIN)/pytest -m clients $(ANY_TIME)

golden: $(VENV)/installed-dev ## rewrite what is made from the code: parts of docs, what tests/golden expects; read the diff
	$(BIN)/python docs/pages.py
	$(BIN)/agentgen schema agent >schemas/agent.schema.json
	AGENTGEN_UPDATE_GOLDEN=1 $(BIN)/pytest -q tests/test_golden.py tests/test_documents.py

FUZZ_SECONDS ?= 120
fuzz: $(VENV)/installed-dev ## look for inputs that break agentgen, for a long time
	AGENTGEN_FUZZ=1 $(BIN)/pytest -q $(ANY_TIME) tests/test_properties.py tests/test_tidy.py tests/test_fuzz.py
	$(BIN)/python -m pip install --quiet --disable-pip-version-check atheris
	@for target in front-matter whitespace links; do \
	  mkdir -p .fuzz/$$target; \
	  $(BIN)/python tests/fuzz/targets.py $$target .fuzz/$$target -artifact_prefix=.fuzz/ \
	    -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 >.fuzz/$$target.log 2>&1 \
	    || { tail -60 .fuzz/$$target.log; exit 1; }; \
	  echo "$$target: $$(grep number_of_executed_units .fuzz/$$target.log)"; \
	done

faults: $(VENV)/installed-dev ## make every call to the file system fail, one after the other
	AGENTGEN_FAULTS=1 $(BIN)/pytest -q $(ANY_TIME) tests/test_faults.py

bench: $(VENV)/installed-dev ## measure agentgen, a naive script and other programs in turn (long)
	$(BIN)/python -m bench $(BENCH)

bench-check: $(VENV)/installed-dev ## fail where agentgen is slower, beside others, than recorded
	$(BIN)/python -m bench --check

docs: $(VENV)/installed-docs ## build the documents as a site, build/site/index.html; a warning is an error
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going -b html -c docs -d build/doctrees . build/site
	@cp build/site/README.html build/site/index.html

format: $(VENV)/installed-dev ## bring the code into its format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

build: $(VENV)/installed-dev ## build the wheel and the source archive into dist/, and check them
	rm -rf dist
	$(BIN)/python -m build --no-isolation
	$(BIN)/twine check --strict dist/*

clean: ## remove everything that make made
	rm -rf $(VENV) build dist .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/installed-docs: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	@touch $@

$(VENV)/installed-browser: tests/browser.py | $(VENV)/installed-dev
	$(BIN)/python tests/browser.py
	@touch $@

$(VENV)/installed-dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/installed

# Scripts of packages are not run, but for the two that put the right binary in its place.
$(CLIENTS)/installed-$(PINS):
	@mkdir -p $(CLIENTS)
	@rm -f $(CLIENTS)/installed-*
	cp tests/clients/package.json tests/clients/package-lock.json $(CLIENTS)
	cd $(CLIENTS) && npm install --ignore-scripts --no-audit --no-fund --loglevel=error
	node $(CLIENTS)/node_modules/@anthropic-ai/claude-code/install.cjs
	node $(CLIENTS)/node_modules/opencode-ai/postinstall.mjs
	$(PYTHON) -m venv $(CLIENTS)/venv
	$(CLIENTS)/venv/bin/python -m pip install --quiet --disable-pip-version-check -r tests/clients/requirements.txt
	@touch $@
