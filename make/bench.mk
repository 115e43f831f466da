# Benchmarks.
.PHONY: bench bench-batch bench-mock
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

# What the mock is measured against, exact, and never a dependency of the project; no package may run a script of its own.
$(SERVERS_DIR)/.made: $(VENV)/.dev
	rm -rf $(SERVERS_DIR) && "$(PYTHON)" -m venv $(SERVERS_DIR)/python
	$(SERVERS_DIR)/python/bin/python -m pip --quiet --disable-pip-version-check install --constraint $(LOCK) --editable '.[mock]'
	$(WITH_OUR_NODE) npm install --prefix $(SERVERS_DIR) --ignore-scripts --no-audit --no-fund @stdy/cli@0.22.2 @stoplight/prism-cli@5.16.0
	@command -v wrk >/dev/null || { apt-get update --quiet --quiet && apt-get install --yes --quiet --quiet wrk; }
	@touch $@
bench-mock: $(SERVERS_DIR)/.made ## Measure the mock beside Prism and Steady, or those in SERVERS
	$(WITH_OUR_NODE) $(BIN)/python bench/mock.py $(SERVERS)
