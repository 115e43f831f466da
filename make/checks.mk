# More tests and checks.
.PHONY: test-all test-pythons soak coverage test-unmeasured lint-spec lint-workflows oasdiff spec-diff spec-change spec-changes drift secrets audit test-wheel
# `make contract` and `make spec-changes` run these.
NOT_HERE := --ignore=tests/contract --ignore=tests/spec_changes
test-all: $(VENV)/.dev ## All tests but those of `make contract` and `make spec-changes`
	$(PYTEST) $(NOT_HERE)
# The tracer doubles the processor time of a test, and each program that a test starts loads it too. So it measures the
# folders of the three parts, but for slow files there that the bounds do without.
MEASURED := $(addprefix tests/,overlay cli mock vectors test_architecture.py test_own_models.py test_ranges.py)
UNMEASURED := $(addprefix tests/cli/,test_portability.py batch/test_worker.py batch/test_workers.py console/test_progress.py console/test_signals.py \
  contract/test_budget.py contract/test_hooks.py contract/test_rules.py mcp_server/test_server.py)
OTHERS := $(filter-out $(MEASURED) tests/contract tests/spec_changes,$(patsubst %/,%,$(wildcard tests/[a-z]*/)) $(wildcard tests/test_*.py))
coverage: $(VENV)/.dev ## The tests of overlay, command line and mock, with the least coverage that each must have
	$(BIN)/coverage erase
	$(PYTEST) --cov --cov-report= $(MEASURED) $(addprefix --ignore=,$(UNMEASURED))
	$(BIN)/coverage report --include='overlay/*' --fail-under=100
	$(BIN)/coverage report --include='cli/*' --fail-under=95
	$(BIN)/coverage report --include='mock/*' --fail-under=95
test-unmeasured: $(VENV)/.dev ## All tests that neither `make coverage`, `make contract` nor `make spec-changes` runs
	$(PYTEST) $(OTHERS) $(UNMEASURED)
test-pythons: ## The quick tests on each newer Python of PATH or, for root, of Debian's next releases; on one: PYTHONS=3.14
	tools/test_pythons.sh $(LOCK) "$(PYTHONS)" $(SIDE_BY_SIDE) $(QUICK)
soak: $(VENV)/.dev ## Batches killed at random, at length, and the books compared; a quarter of an hour
	PYTHONPATH=tests $(BIN)/python tests/soak/soak.py
lint-spec: $(VENV)/.dev ## openapi-spec-validator and redocly
	$(BIN)/openapi-spec-validator openapi.yaml
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npx --yes @redocly/cli@2.77.0 lint openapi.yaml
# A version has a mark of its own, so that another one is installed anew; the verdicts of oasdiff are pinned by tests/tools.
OASDIFF := build/tools/.oasdiff-v1.37.0
ACTIONLINT := build/tools/.actionlint-v1.7.12
oasdiff: $(OASDIFF) ## oasdiff into build/tools, for spec-diff and its tests; needs Go
$(OASDIFF): GO_MODULE := github.com/oasdiff/oasdiff
$(ACTIONLINT): GO_MODULE := github.com/rhysd/actionlint/cmd/actionlint
$(OASDIFF) $(ACTIONLINT):
	@command -v go >/dev/null || { echo "$(notdir $(GO_MODULE)) needs Go 1.21 or newer: install it from its own site, or your system's package golang-go" >&2; exit 2; }
	GOBIN="$(CURDIR)/build/tools" go install $(GO_MODULE)@$(lastword $(subst -, ,$@))
	@rm -f build/tools/.$(notdir $(GO_MODULE))-* && touch $@
lint-workflows: $(ACTIONLINT) ## actionlint on the workflows for GitHub; needs Go
	build/tools/actionlint
spec-diff: $(VENV)/.dev $(OASDIFF) ## What changed in openapi.yaml since the last release, or BASE=rev, and which version is due
	$(BIN)/python -m tools.spec_diff $(if $(BASE),--base='$(BASE)')
spec-change: $(VENV)/.dev $(OASDIFF) clients/typescript/node_modules/.made lint-spec ## After an edit of openapi.yaml: all that follows from it, and what is left for a person
	$(WITH_OUR_NODE) $(BIN)/python -m tools.spec_change $(if $(BASE),--base='$(BASE)')
spec-changes: $(VENV)/.dev $(OASDIFF) ## Edits of openapi.yaml, each made in a copy, and what each leaves for a person
	$(PYTEST) tests/spec_changes
drift: $(VENV)/.dev ## The public documentation's PAGES, URLs or files, against openapi.yaml; DRIFT_ARGS=--record once you read what changed
	$(BIN)/python -m tools.drift $(PAGES) $(DRIFT_ARGS)
test-wheel: wheel ## Install the wheel into an empty environment, without the sources, and run the demo from it
	tools/test_wheel.sh "$(PYTHON)" $(LOCK) build/dist/*.whl

# What looks like a secret and is none: the keys of the mock and of tests, the documentation's task id.
NO_SECRETS := test-key|hush-hush|a-real-key|01J9XA5M2R9W4QZC4PYJF3N7ND|0123456789ABCDEFGHJKMNPQRSTVWXYZ
secrets: $(VENV)/.dev ## Fail where a file of the repository seems to hold a key or a password
	$(BIN)/detect-secrets-hook --exclude-files 'rapidoc|requirements-dev|drift/seen' --exclude-secrets '$(NO_SECRETS)' $(or $(FILES),$$(git ls-files))
audit: $(VENV)/.dev ## Ask the internet for known holes in the locked dependencies
	rm -rf build/audit && "$(PYTHON)" -m venv build/audit
	build/audit/bin/python -m pip --quiet --disable-pip-version-check install pip-audit==2.10.1
	build/audit/bin/pip-audit --strict --requirement $(LOCK) --no-deps --disable-pip
