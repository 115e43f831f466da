# The environment, and what tests need of Debian.
.PHONY: setup lock postgres shells browser toolchains debian
setup: $(VENV)/.dev ## The development environment, as locked
lock: $(VENV)/.dev ## Lock the development dependencies anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --group dev --no-annotate --no-header --no-emit-index-url pyproject.toml --output-file $(LOCK)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --group pyproject.toml:docs --no-annotate --no-header --no-emit-index-url --output-file requirements-docs.txt

DEBIAN := apt-get update --quiet --quiet && apt-get install --yes --quiet --quiet --no-install-recommends
HAS_POSTGRES = test -n "$$(command -v initdb || ls -d /usr/lib/postgresql/*/bin 2>/dev/null)"
HAS_SHELLS = which zsh fish >/dev/null
HAS_BROWSER = which chromium >/dev/null
HAS_TOOLCHAINS = which ruby php >/dev/null && ruby -rset -rfaraday -rmarcel -rjson_schemer -e '' 2>/dev/null && php -r \
  'require "GuzzleHttp/autoload.php"; require "JsonSchema/autoload.php"; curl_version(); mb_strlen("");' >/dev/null 2>&1
SHELLS := zsh fish
RUBY_AND_PHP := ruby ruby-faraday ruby-marcel ruby-json-schemer php-cli php-curl php-mbstring php-guzzlehttp-guzzle php-json-schema
postgres: ## Debian's PostgreSQL, where none is installed; the tests start a server of their own
	@$(HAS_POSTGRES) || { $(DEBIAN) postgresql; }
shells: ## Debian's zsh and fish, where they are missing, for the tests of completion
	@$(HAS_SHELLS) || { $(DEBIAN) $(SHELLS); }
browser: ## Debian's Chromium, where it is missing, for the tests of the playground
	@$(HAS_BROWSER) || { $(DEBIAN) chromium; }
toolchains: ## Debian's Ruby and PHP with what their clients need, for `make polyglot`; Go, Rust, a JDK, Maven and Node are yours
	@$(HAS_TOOLCHAINS) || { $(DEBIAN) $(RUBY_AND_PHP); }
debian: ## All of these at once
	@$(HAS_POSTGRES) && $(HAS_SHELLS) && $(HAS_BROWSER) && $(HAS_TOOLCHAINS) || { \
	  $(DEBIAN) postgresql $(SHELLS) chromium $(RUBY_AND_PHP); }
