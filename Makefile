# What everybody runs. Each target sets itself up; nothing but Python 3.11 (and make) is needed. The rest is in make/*.mk.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PIP    := $(BIN)/python -m pip --quiet --disable-pip-version-check
LOCK   := requirements-dev.txt
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Tests start this program hundreds of times; without bytecode each start would compile all of it.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## What there is to run
	@grep -E '^[a-z-]+:.*## ' Makefile | grep -v '^help' | sed -E 's/:.*## /\t/' | expand -t 12
	@echo 'More, in make/*.mk: make more'
.PHONY: more
more:
	@for file in make/*.mk; do head -n 1 $$file; grep -E '^[a-z-]+:.*## ' $$file | sed -E 's/:.*## /\t/' | expand -t 30 | sed 's/^/  /'; done

# Two stages in one environment, so that the demo does not wait for linters. With pip, which everybody's mirrors,
# proxies and certificates are set up for.
$(VENV)/.made: $(LOCK)
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version)'
	"$(PYTHON)" -m venv $(VENV)
	@touch $@
$(VENV)/.demo: $(VENV)/.made pyproject.toml
	$(PIP) install --constraint $(LOCK) --editable '.[mock]'
	@touch $@
$(VENV)/.dev: $(VENV)/.made pyproject.toml
	$(PIP) install --requirement $(LOCK)
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.demo

.PHONY: demo test contract generate check-generated docs lint lint-style lint-mypy lint-platforms lint-pyright wheel clean
demo: $(VENV)/.demo ## Two videos from the embedded mock server, through the real command line
	$(BIN)/gptimage2-video demo $(DEMO_ARGS)

# More workers than cores, as many tests wait for a process or a server; whoever is done takes work from the others.
SIDE_BY_SIDE := --quiet --numprocesses=$(or $(WORKERS),3) --dist=worksteal
PYTEST := $(BIN)/python -m pytest $(SIDE_BY_SIDE)
# Some folders hold slow tests alone; not even their imports are quick.
QUICK := -m "not (slow or process or browser or postgres)" \
  $(addprefix --ignore=tests/,contract polyglot soak browser spec_changes tools)
test: $(VENV)/.dev ## The quick tests, side by side; `make test-all` runs all
	$(PYTEST) $(QUICK)
contract: $(VENV)/.dev ## The contract command against the mock, and what needs the mock's ledger; reports in build/contract
	$(BIN)/python tests/contract/run.py
	$(PYTEST) tests/contract --hypothesis-profile=contract
generate: $(VENV)/.dev ## Write anew what follows from the model table in openapi.yaml, and generated/
	$(BIN)/python -m tools.generate
check-generated: $(VENV)/.dev
	$(BIN)/python -m tools.generate --check
# The documentation site, built in an environment of its own and from pages that need the project's.
docs: $(VENV)/.dev build/docs-env/.made ## Build the documentation site into build/docs: strict, no broken link, nothing from elsewhere
	$(BIN)/python -m tools.docs build/docs-pages
	NO_MKDOCS_2_WARNING=1 PYTHONPATH=.:overlay:generated:cli:mock build/docs-env/bin/python -m mkdocs build --clean --config-file docs/mkdocs.yml
	@rm build/docs/404.html  # for the root of a web server; this site is read where it lies
build/docs-env/.made: requirements-docs.txt $(VENV)/.made
	rm -rf build/docs-env && "$(PYTHON)" -m venv build/docs-env
	build/docs-env/bin/python -m pip --quiet --disable-pip-version-check install --requirement requirements-docs.txt
	@touch $@
lint: lint-style lint-mypy lint-platforms lint-pyright ## ruff, mypy --strict and pyright; side by side with make -j2
lint-style: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
lint-mypy: $(VENV)/.dev
	$(BIN)/mypy
# What the standard library has on Linux alone: to a type checker a name that is not there, unless `sys.platform` says where.
lint-platforms: $(addprefix lint-on-,darwin win32)
lint-on-%: $(VENV)/.dev
	$(BIN)/mypy --platform $* --cache-dir .mypy_cache/$* overlay cli mock
lint-pyright: $(VENV)/.dev
	$(BIN)/pyright
wheel: $(VENV)/.dev ## Build the wheel and the source archive into build/dist
	rm -rf build/dist
	$(BIN)/python -m hatchling build --directory build/dist
clean: ## Remove what can be made again
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .schemathesis .coverage*

include make/*.mk
