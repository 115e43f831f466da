# The environment, and what tests need of Debian.
.PHONY: setup lock postgres shells browser toolchains
setup: $(VENV)/.dev ## The development environment, as locked
lock: $(VENV)/.dev ## Lock the development dependencies anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --group dev --no-annotate --no-header --no-emit-index-url pyproject.toml --output-file $(LOCK)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --group pyproject.toml:docs --no-annotate --no-header --no-emit-index-url --output-file requirements-docs.txt

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
