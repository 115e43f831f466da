# Every command of the project. Each target sets itself up; nothing but Python 3.11 (and make) is needed.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --quiet --disable-pip-version-check
LOCK   := requirements-dev.txt
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Tests start this program hundreds of times; without bytecode each start would compile all of it.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## What there is to run
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

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

.PHONY: setup lock
setup: $(VENV)/.dev ## The development environment, as locked
lock: $(VENV)/.dev ## Lock the development dependencies anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --group dev --no-annotate --no-header --no-emit-index-url pyproject.toml --output-file $(LOCK)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --group pyproject.toml:docs --no-annotate --no-header --no-emit-index-url --output-file requirements-docs.txt

.PHONY: postgres shells browser toolchains
postgres: ## Debian's PostgreSQL, where none is installed; the tests start a server of their own
	@test -n "$$(command -v initdb || ls -d /usr/lib/postgresql/*/bin 2>/dev/null)" || { \
	  apt-get update --quiet --quiet && apt-get install --yes --quiet --quiet --no-install-recommends postgresql; }

shells: ## Debian's zsh and fish, where they are missing, for the tests of completion
	@command -v zsh >/dev/null && command -v fish >/dev/null || { \
	  apt-get update --quiet --quiet && apt-get install --yes --quiet --quiet --no-install-recommends zsh fish; }

browser: ## Debian's Chromium, where it is missing, for the tests of the playground
	@command -v chromium >/dev/null || { \
	  apt-get update --quiet --quiet && apt-get install --yes --quiet --quiet --no-install-recommends chromium; }

toolchains: ## Debian's Ruby and PHP, where they are missing, for `make polyglot`; Go, Rust, a JDK, Maven and Node are yours
	@command -v ruby >/dev/null && command -v php >/dev/null || { \
	  apt-get update --quiet --quiet && apt-get install --yes --quiet --quiet --no-install-recommends ruby php-cli; }

.PHONY: demo
demo: $(VENV)/.demo ## Two videos from the embedded mock server, through the real command line
	$(BIN)/gptimage2-video demo $(DEMO_ARGS)

.PHONY: generate check-generated
generate: $(VENV)/.dev ## Write generated/ anew from openapi.yaml
	$(BIN)/python tools/generate.py
check-generated: $(VENV)/.dev ## Fail where generated/ is not what openapi.yaml gives
	$(BIN)/python tools/generate.py --check

# The TypeScript client. What generates needs a newer Node than the client itself, so it is the environment's own; what is
# tested runs on the Node of this machine, where it has one.
TS := clients/typescript
WITH_OUR_NODE := PATH="$(CURDIR)/$(BIN):$$PATH"
WITH_ANY_NODE := PATH="$$PATH:$(CURDIR)/$(BIN)"
$(TS)/node_modules/.made: $(TS)/package-lock.json $(VENV)/.dev
	cd $(TS) && $(WITH_OUR_NODE) npm ci --no-audit --no-fund
	@touch $@
.PHONY: typescript generate-typescript check-generated-typescript
generate-typescript: $(TS)/node_modules/.made ## Write clients/typescript/src/generated, and the playground's copy of the client, anew
	$(WITH_OUR_NODE) $(BIN)/python -m tools.generate_typescript
	$(WITH_OUR_NODE) $(BIN)/python -m tools.generate_playground
check-generated-typescript: $(TS)/node_modules/.made ## Fail where these are not what openapi.yaml and the client give
	$(WITH_OUR_NODE) $(BIN)/python -m tools.generate_typescript --check
	$(WITH_OUR_NODE) $(BIN)/python -m tools.generate_playground --check
typescript: $(TS)/node_modules/.made $(VENV)/.demo ## The TypeScript client: format, types, tests, the package
	cd $(TS) && rm -rf build dist && $(WITH_ANY_NODE) npx prettier --check . && $(WITH_ANY_NODE) npx tsc --project tsconfig.json
	cd $(TS) && $(WITH_ANY_NODE) npx prettier --no-config --print-width 120 --check '../../mock/gptimage2_video_mock/static/playground/*.{js,css}'
	cd $(TS) && $(WITH_ANY_NODE) node --version && $(WITH_ANY_NODE) node --test --test-reporter=spec build/test/*.test.js

.PHONY: polyglot
polyglot: $(VENV)/.dev ## Clients that others generate, in every language, against the mock; one of them: make polyglot-go
	$(BIN)/python tests/polyglot/polyglot.py $(POLYGLOT_ARGS)
polyglot-%: $(VENV)/.dev
	$(BIN)/python tests/polyglot/polyglot.py $(POLYGLOT_ARGS) $*

.PHONY: spec-diff
spec-diff: $(VENV)/.dev ## What changed in openapi.yaml since the last release, or BASE=rev, and which version is due
	$(BIN)/python -m tools.spec_diff $(if $(BASE),--base='$(BASE)')

.PHONY: contract contract-selftest contract-live
contract: $(VENV)/.dev ## Hold the mock to openapi.yaml, every phase and check of schemathesis and our own; reports in build/contract
	$(BIN)/python tests/contract/run.py
contract-selftest: $(VENV)/.dev ## Run these checks against broken servers, and fail where one escapes
	$(BIN)/python tests/contract/selftest.py
contract-live: $(VENV)/.dev ## Hold the service, or GPTIMAGE2_BASE_URL, to the contract; spends CONTRACT_MAX_CREDITS (0) at most
	@test -n "$$GPTIMAGE2_API_KEY" || { echo "set GPTIMAGE2_API_KEY to the key of the service; make passes it on and never shows it" >&2; exit 2; }
	$(BIN)/gptimage2-video contract --max-credits $(or $(CONTRACT_MAX_CREDITS),0) --report build/contract-live $(CONTRACT_ARGS)

.PHONY: test test-all soak coverage bench bench-batch bench-mock bench-playground
# More workers than cores, as many tests wait for a process or a server; whoever is done takes work from the others.
IN_PARALLEL := --numprocesses=$(or $(WORKERS),3) --dist=worksteal
test: $(VENV)/.dev ## The tests but those marked long, side by side
	$(BIN)/python -m pytest --quiet $(IN_PARALLEL) -m "not long"
test-all: $(VENV)/.dev ## All tests
	$(BIN)/python -m pytest --quiet $(IN_PARALLEL)
soak: $(VENV)/.dev ## Batches killed at random, at length, and the books compared; a quarter of an hour
	PYTHONPATH=tests $(BIN)/python tests/soak/soak.py
coverage: $(VENV)/.dev ## All tests, with the least coverage that each part must have
	$(BIN)/coverage erase
	$(BIN)/python -m pytest --quiet $(IN_PARALLEL) --cov --cov-report=
	$(BIN)/coverage report --include='overlay/*' --fail-under=100
	$(BIN)/coverage report --include='cli/*' --fail-under=95
	$(BIN)/coverage report --include='mock/*' --fail-under=95
# Two environments: the bare wheel, and one with the peers and all that measures. `make bench-calls` runs one benchmark.
SERVERS_DIR := build/bench/servers
bench: build/bench/.made $(SERVERS_DIR)/.made ## Measure everything side by side; the report is build/bench/report.md
	$(WITH_OUR_NODE) build/bench/env/bin/python bench/run.py
bench-%: build/bench/.made
	build/bench/env/bin/python bench/run.py $*
build/bench/.made: $(VENV)/.dev bench/requirements.txt $(shell find overlay cli mock generated -name '*.py')
	$(MAKE) wheel
	rm -rf build/bench/bare build/bench/env
	"$(PYTHON)" -m venv build/bench/bare && "$(PYTHON)" -m venv build/bench/env
	build/bench/bare/bin/python -m pip --quiet --disable-pip-version-check install --constraint $(LOCK) build/dist/*.whl
	build/bench/env/bin/python -m pip --quiet --disable-pip-version-check install --constraint $(LOCK) --requirement bench/requirements.txt "gptimage2-video[mock,batch] @ file://$$(echo $(CURDIR)/build/dist/*.whl)"
	build/bench/bare/bin/python -m compileall -q build/bench
	@touch $@

bench-batch: $(VENV)/.dev ## Measure batches of 300 and 10,000 lines, or of LINES
	$(BIN)/python bench/batch.py $(LINES)

bench-playground: $(VENV)/.dev browser ## Measure what the playground weighs, and when it can be used
	$(BIN)/python bench/playground.py

# What the mock is measured against, exact, and never a dependency of the project; no package may run a script of its own.
$(SERVERS_DIR)/.made: $(VENV)/.dev
	rm -rf $(SERVERS_DIR) && "$(PYTHON)" -m venv $(SERVERS_DIR)/python
	$(SERVERS_DIR)/python/bin/python -m pip --quiet --disable-pip-version-check install --constraint $(LOCK) --editable '.[mock]' \
	  starlette==1.10.0 granian==2.8.7 uvicorn==0.54.0 httptools==0.9.0
	$(WITH_OUR_NODE) npm install --prefix $(SERVERS_DIR) --ignore-scripts --no-audit --no-fund @stdy/cli@0.22.2 @stoplight/prism-cli@5.16.0
	@command -v wrk >/dev/null || { apt-get update --quiet --quiet && apt-get install --yes --quiet --quiet wrk; }
	@touch $@
bench-mock: $(SERVERS_DIR)/.made ## Measure the mock beside Prism, Steady and a bare ASGI application, or those in SERVERS
	$(WITH_OUR_NODE) $(BIN)/python bench/mock.py $(SERVERS)

# The documentation site, built in an environment of its own and from pages that need the project's.
.PHONY: docs
docs: $(VENV)/.dev build/docs-env/.made ## Build the documentation site into build/docs: strict, no broken link, nothing from elsewhere
	$(BIN)/python -m tools.docs pages build/docs-pages
	NO_MKDOCS_2_WARNING=1 PYTHONPATH=. build/docs-env/bin/python -m mkdocs build --clean --config-file docs/mkdocs.yml
	@rm build/docs/404.html  # for the root of a web server; this site is read where it lies
	$(BIN)/python -m tools.docs check build/docs
build/docs-env/.made: requirements-docs.txt $(VENV)/.made
	rm -rf build/docs-env && "$(PYTHON)" -m venv build/docs-env
	build/docs-env/bin/python -m pip --quiet --disable-pip-version-check install --requirement requirements-docs.txt
	@touch $@

.PHONY: wheel test-wheel
wheel: $(VENV)/.dev ## Build the wheel and the source archive into build/dist
	rm -rf build/dist
	$(BIN)/python -m hatchling build --directory build/dist
test-wheel: wheel ## Install the wheel into an empty environment, without the sources, and run the demo from it
	tools/test_wheel.sh "$(PYTHON)" $(LOCK) build/dist/*.whl

# What looks like a secret and is none: the keys of the mock and of tests, the documentation's task id.
NO_SECRETS := test-key|hush-hush|a-real-key|01J9XA5M2R9W4QZC4PYJF3N7ND|0123456789ABCDEFGHJKMNPQRSTVWXYZ
.PHONY: secrets audit
secrets: $(VENV)/.dev ## Fail where a file of the repository seems to hold a key or a password
	$(BIN)/detect-secrets-hook --exclude-files 'rapidoc|requirements-dev' --exclude-secrets '$(NO_SECRETS)' $(or $(FILES),$$(git ls-files))
audit: $(VENV)/.dev ## Ask the internet for known holes in the locked dependencies
	rm -rf build/audit && "$(PYTHON)" -m venv build/audit
	build/audit/bin/python -m pip --quiet --disable-pip-version-check install pip-audit==2.10.1
	build/audit/bin/pip-audit --strict --requirement $(LOCK) --no-deps --disable-pip

.PHONY: lint types lint-spec
lint: $(VENV)/.dev ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
types: $(VENV)/.dev ## mypy --strict and pyright
	$(BIN)/mypy
	$(BIN)/pyright
lint-spec: $(VENV)/.dev ## openapi-spec-validator and redocly
	$(BIN)/openapi-spec-validator openapi.yaml
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npx --yes @redocly/cli@2.77.0 lint openapi.yaml

.PHONY: clean
clean: ## Remove what can be made again
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .schemathesis .coverage*
