# Everything a person or a machine does with this project. `make help` lists it.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
# The tests start hundreds of processes: where nothing compiled is kept, each compiles the project anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test lint check fmt bench torture virtual-camera messages pictures clean tools

help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: .venv/demo ## A fleet on this machine: page, kiosk screen, and a card to hold up
	@exec $(BIN)/kaiku-provision demo

test: .venv/dev tools ## Everything that can be proved on this machine
	@failed=0; $(BIN)/python -m pytest -n 4 --dist worksteal || failed=1; \
	if command -v node >/dev/null; then node --test $$(git ls-files 'tests/**/*.test.js') || failed=1; \
	else echo "SKIPPED: the screen's reducer (tests/**/*.test.js): node is not on this machine"; \
	test -z "$$CI" || failed=1; fi; exit $$failed

lint: .venv/dev ## Format, style, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test ## Both

fmt: .venv/dev ## Lay the code out
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.venv/demo .venv/dev: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the project with its '$(@F)' parts into .venv (a minute or two the first time) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$(@F)]'
	@touch $@

tools: ## What the tests need from the system (apt, as root only)
	@provisioning/install-test-tools

bench: .venv/dev ## The figures of README, each beside its floor (twenty minutes)
	$(BIN)/python -m tests.bench

torture: .venv/dev tools ## Power and lines cut by the thousand: nothing lost, nothing twice (an hour)
	$(BIN)/python -m tests.torture exchange
	$(BIN)/python -m tests.torture model
	$(BIN)/python -m tests.torture days
	$(BIN)/python -m tests.torture cuts
	KAIKU_STORIES=40 $(BIN)/python -m pytest -q -n 2 $$(git ls-files 'tests/**/test_*.py' | xargs grep -l 'from tests.stories')

virtual-camera: .venv/dev ## The real picamera2 and libcamera read our cards, without a camera (root; a minute the first time)
	@tests/virtual_camera/run

messages: .venv/dev ## Collect the words of screen and pages for their translators
	$(BIN)/pybabel -q extract -F kiosk_ui/locale/babel.cfg -k words:1c,2 -k counted:1c,2,3 --no-location \
	--project kaiku-kiosk -o kiosk_ui/locale/kiosk.pot kiosk_ui/texts.py kiosk_ui/staff_texts.py
	$(BIN)/pybabel update -D kiosk -d kiosk_ui/locale -i kiosk_ui/locale/kiosk.pot --no-fuzzy-matching \
	--ignore-pot-creation-date
	@rm kiosk_ui/locale/kiosk.pot
	$(BIN)/pybabel -q extract -F server/locale/babel.cfg -k mark -k mark_as:1c,2 -k count_of:2,3 --no-location --no-wrap \
	--project kaiku-kiosk -o server/locale/fleet.pot server
	$(BIN)/pybabel update -D fleet -d server/locale -i server/locale/fleet.pot --no-fuzzy-matching --ignore-obsolete --no-wrap \
	--ignore-pot-creation-date
	@rm server/locale/fleet.pot

pictures: .venv/dev ## Take README's pictures anew
	KAIKU_PICTURES=1 $(BIN)/python -m pytest -q tests/pictures

clean: ## Throw away what demo and tests made
	@for lock in demo-data/demo.lock kiosk-data/lock; do \
	if [ -e $$lock ] && ! flock --nonblock $$lock true; then \
	echo "$${lock%/*} is in use. End its demo or kiosk with Ctrl-C first." >&2; exit 1; fi; done
	rm -rf demo-data kiosk-data build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
