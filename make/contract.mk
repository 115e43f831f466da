# The contract, beyond `make contract`.
.PHONY: contract-selftest contract-live
contract-selftest: $(VENV)/.dev ## Run these checks against all broken servers, or NAMES, or EVERY=4 of them; fail where one escapes
	PYTHONPATH=tests $(BIN)/python tests/contract/selftest.py $(if $(EVERY),--every=$(EVERY)) $(NAMES)
contract-live: $(VENV)/.dev ## Hold the service, or GPTIMAGE2_BASE_URL, to the contract; spends CONTRACT_MAX_CREDITS (0) at most
	@test -n "$$GPTIMAGE2_API_KEY" || { echo "set GPTIMAGE2_API_KEY to the key of the service; make passes it on and never shows it" >&2; exit 2; }
	$(BIN)/gptimage2-video contract --max-credits $(or $(CONTRACT_MAX_CREDITS),0) --report build/contract-live $(CONTRACT_ARGS)
