# Rollcall's commands. `make` or `make help` tells them.
#
# Needed beforehand: make, a POSIX shell, and Python 3.11 to 3.14 (PYTHON=… chooses one). Everything else is set up under
# .venv and .local. ROLLCALL_PORT and ROLLCALL_SIMULATOR_PORT choose other ports than 4566 and 8030.

.DEFAULT_GOAL := help
.PHONY: help run up down build deploy test lint simulate docs pictures lock setup setup-to-run

export PYTHON
bin := .venv/bin
stack := $(bin)/python -m local.stack

help:
	@echo "make run    set up, start everything, play a conference and show it, until Ctrl-C"
	@echo "make up     start the same in the background; .local/stack.json tells where"
	@echo "make down   stop it"
	@echo "make build  build for AWS what samconfig.toml names (STAGE=…, a table of it)"
	@echo "make deploy  build, and deploy to AWS with questions (ANSWERS=saved: without)"
	@echo "make test   set up and run every check and every test"
	@echo "make lint   the checks without the tests"
	@echo "make simulate  100,000 conferences in simulated worlds, with faults (CONFERENCES=…, PROCESSES=…)"
	@echo "make docs   write the interface documents anew: docs/openapi.yaml, docs/asyncapi.yaml, docs/reference-*.md, types"
	@echo "make pictures  take the README's pictures anew, of the real page"
	@echo "make lock   lock the dependencies anew after a change in pyproject.toml (UPGRADE=1: at their newest versions)"

setup:
	@local/setup.sh

setup-to-run:
	@local/setup.sh run

run up: setup-to-run
	@$(stack) $@

# Nothing can be up where nothing was ever set up.
down:
	@if [ -x $(bin)/python ]; then $(stack) down; else echo "Nothing is up."; fi

test lint: setup
	@$(bin)/python -m local.checks $@

build deploy: setup
	@$(bin)/python -m local.deployment $@ --stage $(or $(STAGE),default) $(if $(filter saved,$(ANSWERS)),--saved)

# Rollcall's handlers in simulated worlds, in which everything fails that may fail (tests/simulation).
simulate: setup
	@$(bin)/python -m tests.simulation --conferences $(or $(CONFERENCES),100000) --processes $(or $(PROCESSES),2)

docs: setup
	@$(bin)/python -m local.interface

pictures: setup
	@$(bin)/python -m local.browser && $(bin)/python -m local.pictures

# One resolution for everything, so that the tests run with the very versions that the layer ships. The locks hold for
# Python 3.11 and later on every platform, and name no package index.
uv := .local/uv/bin/uv
compile := $(uv) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

lock:
	@[ -x $(uv) ] || { "$$(local/setup.sh python)" -m venv .local/uv && .local/uv/bin/pip install --quiet uv==0.13.9; }
	@$(compile) pyproject.toml --group dev --output-file requirements-dev.txt
	@$(compile) --group pyproject.toml:local-aws --output-file requirements-local-aws.txt
	@$(compile) --group pyproject.toml:scan --output-file requirements-scan.txt
	@$(compile) pyproject.toml --constraint requirements-dev.txt --output-file layers/rollcall/requirements.txt
