# Everything there is to know: make demo, make test, make check, make bench, make docs.
# Each sets up what it needs first (packaging/bootstrap.sh) and is quick when nothing changed.

PY := .venv/bin/python
JOBS ?= 2
# No screen, no window manager: tests that need an X server start one of their own.
HEADLESS := $(if $(DISPLAY)$(WAYLAND_DISPLAY),,--headless)
# The tests start hundreds of processes: without bytecode each compiles the same sources again.
unexport PYTHONDONTWRITEBYTECODE
ROLES := terminal proctor authoring station cluster verify camera packaging
UV_COMPILE := .venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --no-emit-package kiosk

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format bench docs words campaign coverage screens lock deb image clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

setup: ## install what the other targets need, and nothing else
	@sh packaging/bootstrap.sh

demo: setup ## play a whole exam day on this machine (ARGS="--candidates 20")
	.venv/bin/kiosk demo $(HEADLESS) $(ARGS)

test: setup ## run the tests (ARGS="tests/words -k plural")
	QT_QPA_PLATFORM=offscreen $(PY) -m pytest -n $(JOBS) --dist worksteal $(ARGS)

check: setup ## lint, format, types, who may import whom
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo --cache-dir build/import-linter

format: setup ## let ruff put right what it can
	.venv/bin/ruff check --fix-only .
	.venv/bin/ruff format .

bench: setup ## measure, and write build/bench/results.json
	$(PY) tests/benchmarks/run.py $(ARGS)

docs: setup ## write again the pages that are made from the code
	$(PY) -m kiosk.cli.reference $(ARGS)
	$(PY) -m kiosk.station.web.openapi
	QT_QPA_PLATFORM=offscreen $(PY) -m tests.ui.gallery
	$(PY) -m tests.escapes.table

words: setup ## bring the sentences of the code into the catalogues
	$(PY) -m kiosk.words.extract

campaign: setup ## hours of randomised faults
	QT_QPA_PLATFORM=offscreen $(PY) -m pytest -n $(JOBS) -m "campaign or hypothesis" --timeout 14400 $(ARGS)

coverage: setup ## run the tests and show what they do not reach
	QT_QPA_PLATFORM=offscreen $(PY) -m pytest -n $(JOBS) --dist worksteal --cov --cov-report term $(ARGS)

screens: setup ## draw every screen, in both languages, to build/screens
	QT_QPA_PLATFORM=offscreen $(PY) -m tests.screens build/screens $(ARGS)

deb: setup ## build the terminal's Debian package in build/deb
	$(PY) packaging/deb/build.py $(ARGS)

image: setup ## build the bootable stick with the newest package in build/image (make deb image)
	$(PY) packaging/image/build.py $(ARGS)

lock: setup ## renew the locks after a change in pyproject.toml (LOCK=--upgrade for newer versions)
	$(UV_COMPILE) --all-extras $(LOCK) -o requirements/dev.txt
	for role in $(ROLES); do \
		$(UV_COMPILE) --extra $$role -c requirements/dev.txt -o requirements/$$role.txt || exit 1; \
	done

clean: ## remove what was made (build); `make clean ALL=1` the environment too
	rm -rf build .pytest_cache .ruff_cache .hypothesis $(if $(ALL),.venv)
