# People and .ci/run call the same targets. Everything lands in .venv, .node and viewer/node_modules.
HOME_DIR ?= var/demo
PYTHON := .venv/bin/python
NPM := PATH="$(CURDIR)/.node/bin:$$PATH" npm --prefix viewer

.PHONY: help setup setup-run viewer run check test-python test-viewer test bench real-files pictures soak lock clean

help:
	@echo "make run     set up what is missing, start gateway, hub and viewer with the demo cases"
	@echo "make test    set up what is missing, run every check and test"
	@echo "make check   lint, types, import rules"
	@echo "make bench   measure beside the peers (writes docs/bench and docs/performance; needs root)"
	@echo "make real-files   send every file of the test data the whole way and print what became of each"
	@echo "make pictures   photograph the pages for the README"
	@echo "make soak    the long runs"

setup-run:
	@setup/system.sh run
	@setup/environment.sh

setup:
	@setup/system.sh test
	@setup/environment.sh
	@setup/peers.sh

viewer: setup-run
	@$(NPM) run --silent build

run: viewer
	@$(PYTHON) -m dokuei demo --home $(HOME_DIR)

check: setup
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PYTHON) setup/guideline.py --check
	$(PYTHON) setup/reference.py --check
	PATH="$(CURDIR)/.node/bin:$$PATH" $(PYTHON) setup/viewer_types.py --check
	$(NPM) run --silent check

test-viewer: setup
	$(NPM) test

# Three files at a time: most tests wait for a disk, a line or a program more than they compute.
# Two browsers at a time draw as fast as two processors do.
# The browser's driver keeps an event loop in its process, which the signing library cannot share: a run of its own.
BROWSED := tests/journeys/portal tests/journeys/viewer tests/journeys/test_ohif.py tests/journeys/test_priors.py \
	tests/journeys/test_the_whole_loop.py

test-python: setup viewer
	.venv/bin/pytest -n 3 --dist loadfile -m "not soak" $(addprefix --ignore ,$(BROWSED))
	.venv/bin/pytest -n 2 --dist loadfile -m "not soak" $(BROWSED)

test: check test-viewer test-python

real-files: setup viewer
	$(PYTHON) -m tests.makers.real_files

pictures: setup viewer
	$(PYTHON) -m tests.makers.pictures

bench: setup viewer
	$(PYTHON) bench/run.py
	$(PYTHON) bench/performance.py

soak: setup viewer
	.venv/bin/pytest -m soak --timeout 7200

lock:
	uv pip compile --universal --generate-hashes --no-emit-index-url --all-extras --python-version 3.11 pyproject.toml -o setup/requirements.lock
	$(NPM) install --package-lock-only --omit-lockfile-registry-resolved

clean:
	rm -rf .venv .node viewer/node_modules viewer/dist var
