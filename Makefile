# The two commands a newcomer needs are `make run` and `make test`. Both say what they do, and are quick the second time.

PYTHON ?= python3
PIP_FLAGS ?=
VENV ?= .venv
BIN := $(VENV)/bin
# The versions with which CI was green; `make test CONSTRAINTS=` takes the newest that the package index has.
CONSTRAINTS ?= constraints.txt
# A registry may answer once with an error.
RETRY := .ci/retry
INSTALL := $(RETRY) $(BIN)/pip install --quiet --disable-pip-version-check $(addprefix --constraint ,$(CONSTRAINTS)) $(PIP_FLAGS)
CATALOGUES := rag/text/messages/catalogues
NPM := PATH="$(abspath $(BIN)):$$PATH" $(BIN)/npm

# Tests at a time: one more than two cores, as many of them wait for a server or a browser.
JOBS ?= 3
# What the gate leaves to `make test-all`: the default model, what takes long or hangs on time, and the programs of others.
GATE := not slow and not large_model and not clients

.PHONY: run test test-all test-quick lint typecheck fix fuzz bench families browser screenshots messages constraints clean help

help:            ## What there is to make
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.installed   ## Install, fetch the models, take in data/documents, open the chat on 127.0.0.1:7860
	@$(RETRY) $(BIN)/citewell models fetch
	@$(BIN)/citewell ingest data/documents
	@$(BIN)/citewell serve

test: lint typecheck browser   ## Every check, and the tests of the gate; what fails has one second chance (0.5 GB of models)
	$(RETRY) $(BIN)/citewell models fetch smollm2-135m minilm multilingual-e5-small
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.support.second_chance --numprocesses $(JOBS) --dist loadfile -m "$(GATE)"

test-all: lint typecheck browser   ## Every test, for whoever has an hour (1.3 GB of models)
	$(RETRY) $(BIN)/citewell models fetch
	OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses 2 --dist loadfile --timeout 3000

test-quick: typecheck   ## The tests that need neither a browser nor a model; CI runs them on every Python
	$(BIN)/pytest -m "$(GATE) and not browser and not model"

lint: $(VENV)/.installed-dev node_modules/.installed   ## ruff, codespell, import-linter; prettier and tsc for web/static
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/lint-imports
	$(NPM) run --silent check

typecheck: $(VENV)/.installed-dev   ## mypy, strict
	$(BIN)/mypy

fix: $(VENV)/.installed-dev node_modules/.installed   ## Format Python, scripts and styles; fix what ruff can fix
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(NPM) run --silent fix

fuzz: $(VENV)/.installed-dev   ## Damage documents and read them, for ten minutes
	$(BIN)/python -m tests.support.fuzzing --seconds 600

bench: $(VENV)/.installed-dev   ## Seconds to the first token and tokens per second, on this machine
	$(BIN)/python -m benchmarks.answering

families: $(VENV)/.installed-dev   ## A tiny model of every family that transformers has, against transformers itself
	$(BIN)/python -m benchmarks.families.model_families

screenshots: $(VENV)/.installed-dev browser   ## The pictures of the README, from the running app
	$(BIN)/python -m tests.support.screenshots

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Citewell needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 run"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

KERNELS := $(wildcard rag/models/kernels/native/*.[ch] rag/models/kernels/native/vectors/*.h)

$(VENV)/.installed: pyproject.toml $(CONSTRAINTS) $(KERNELS) | $(VENV)/.created
	@echo "Installing Citewell into $(VENV): about 0.5 GB to download with a CPU build of torch, 3 GB more with a CUDA one"
	$(INSTALL) --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml $(CONSTRAINTS) $(KERNELS) | $(VENV)/.created
	@echo "Installing Citewell and its test tools into $(VENV): about 0.7 GB to download with a CPU build of torch"
	$(INSTALL) --editable '.[dev]'
	@touch $(VENV)/.installed $@

node_modules/.installed: package.json package-lock.json | $(VENV)/.installed-dev
	@echo "Installing prettier and TypeScript into node_modules: about 13 MB to download"
	@PATH="$(abspath $(BIN)):$$PATH" $(RETRY) $(BIN)/npm ci --loglevel=error
	@touch $@

browser: | $(VENV)/.installed-dev   ## A Chromium for the browser tests: the system's, else Playwright's
	@if $(BIN)/python -m tests.support.browser; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Debian's chromium for the browser tests: about 100 MB"; \
		export DEBIAN_FRONTEND=noninteractive; \
		$(RETRY) apt-get update -qq && $(RETRY) apt-get install -y -qq chromium >/dev/null; \
	else echo "Fetching Playwright's Chromium for the browser tests: about 150 MB"; $(RETRY) $(BIN)/playwright install chromium; fi

messages: $(VENV)/.installed   ## Bring the message catalogues up to date with the code (rag/text/messages/catalogues); translate what is empty
	$(BIN)/pybabel -q extract --mapping pyproject.toml --keyword to_translate --no-location --sort-output \
		--project citewell --omit-header --width 120 --output-file $(CATALOGUES)/citewell.pot rag web cli
	for language in de es fr zh; do $(BIN)/pybabel -q update --no-fuzzy-matching --omit-header --width 120 --locale $$language \
		--input-file $(CATALOGUES)/citewell.pot --output-file $(CATALOGUES)/$$language.po; done

constraints:     ## Note the versions installed in .venv and the environments that .ci/run made
	$(BIN)/python .ci/constraints.py $(wildcard .venv .venv-*) > constraints.txt

clean:           ## Remove the virtual environments and caches; documents, library and models stay
	rm -rf .venv .venv-* node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis *.egg-info
