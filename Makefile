# Every command of a developer. `make` alone prints them. Nothing but git, make and Python 3.11 or newer is needed.

PYTHON ?= python3
ARGS ?=

BIN = .venv/bin
# Tests and checks have a database of their own and touch no running product.
CHECKING = VAR_DIR=var/test

.DEFAULT_GOAL := help
.PHONY: help run test check format lock

help: ## Print these lines
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/ready ## Serve the product with demo data on PORT (8000) until Ctrl-C
	@exec env ENDS_WITH_PARENT=$$PPID $(BIN)/python manage.py run

test: .venv/ready ## Run the tests; ARGS="-k word" goes to pytest
	@$(BIN)/python -m pytest $(if $(filter -n% --numprocesses%,$(ARGS)),,-n 2) $(ARGS)

check: .venv/ready ## Check format, lint, types, import contracts, migrations and templates
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(CHECKING) $(BIN)/mypy
	$(BIN)/lint-imports
	$(CHECKING) $(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/djade --check --target-version 5.2 $$(git ls-files 'templates/*.html')

format: .venv/ready ## Mend what can be mended mechanically
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/djade --target-version 5.2 $$(git ls-files 'templates/*.html')

lock: .venv/ready ## Write requirements.lock anew from pyproject.toml
	$(BIN)/uv lock --system-certs
	$(BIN)/uv export --all-groups --format requirements-txt --no-emit-project --no-annotate --no-header --output-file requirements.lock --quiet

# pip installs uv, by its hash in the lock; uv then installs the rest ten times as fast. Where uv cannot reach the
# package index (it reads no pip configuration), pip does it all.
.venv/ready: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Python 3.11 or newer is needed: make PYTHON=/path/to/python ...' >&2; exit 1; }
	@$(PYTHON) -m venv .venv \
		|| { echo 'Python cannot make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv' >&2; exit 1; }
	@echo 'Installing the locked dependencies into .venv ...' >&2
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r .venv/uv.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --system-certs --require-hashes -r requirements.lock \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@touch $@
