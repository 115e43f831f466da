# Clients in other languages.
.PHONY: typescript generate-typescript check-generated-typescript polyglot
# The TypeScript client. What generates needs a newer Node than the client itself, so it is the environment's own; what is
# tested runs on the Node of this machine, where it has one.
TS := clients/typescript
WITH_OUR_NODE := PATH="$(CURDIR)/$(BIN):$$PATH"
WITH_ANY_NODE := PATH="$$PATH:$(CURDIR)/$(BIN)"
$(TS)/node_modules/.made: $(TS)/package-lock.json $(VENV)/.dev
	cd $(TS) && $(WITH_OUR_NODE) npm ci --no-audit --no-fund
	@touch $@
generate-typescript: $(TS)/node_modules/.made ## Write clients/typescript/src/generated, and the playground's copy of the client, anew
	$(WITH_OUR_NODE) $(BIN)/python -m tools.generate_typescript
	$(WITH_OUR_NODE) $(BIN)/python -m tools.generate_playground
check-generated-typescript: $(TS)/node_modules/.made ## Fail where these are not what openapi.yaml and the client give
	$(WITH_OUR_NODE) $(BIN)/python -m tools.generate_typescript --check
	$(WITH_OUR_NODE) $(BIN)/python -m tools.generate_playground --check
typescript: $(TS)/node_modules/.made $(VENV)/.demo ## The TypeScript client: format, types, tests, the package
	cd $(TS) && rm -rf build dist && $(WITH_ANY_NODE) npx prettier --check . && $(WITH_ANY_NODE) npx tsc --project tsconfig.json
	cd $(TS) && $(WITH_ANY_NODE) npx prettier --no-config --print-width 120 --check '../../mock/gptimage2_video_mock/static/playground/*.{js,css}'
	cd $(TS) && $(WITH_ANY_NODE) node --version && $(WITH_ANY_NODE) node --test --test-concurrency=3 --test-reporter=spec $$(find build/test -name "*.test.js")

polyglot: $(VENV)/.dev ## Clients that others generate, in every language, against the mock; one of them: make polyglot-go
	$(BIN)/python tests/polyglot/polyglot.py $(POLYGLOT_ARGS)
polyglot-%: $(VENV)/.dev
	$(BIN)/python tests/polyglot/polyglot.py $(POLYGLOT_ARGS) $*
