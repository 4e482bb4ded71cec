# Everything a user or developer runs. `make demo` and `make test` set up what they need themselves.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	>/dev/null 2>&1 && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check install

# Where it is set, each of the tests' several hundred processes would compile the whole program anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo coach test slow fuzz soak field check bench lock schemas socket phrases wiring pictures release test-browser test-service test-vm clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.python:
	@test -n "$(PYTHON)" || { echo "make: Python 3.11 or newer with venv is needed: sudo apt install python3 python3-venv" >&2; exit 1; }
	@echo "making $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/.python
	@echo "installing what the program needs"
	@$(PIP) --require-hashes --requirement requirements/run.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# The drivers and the voice: built from source where no wheel fits, so a machine without a C compiler goes without.
$(VENV)/.firmware: requirements/firmware.txt | $(VENV)/.run
	@echo "installing drivers and voice"
	@$(PIP) --require-hashes --requirement requirements/firmware.txt \
		|| echo "make: drivers not installed (a C compiler builds them: sudo apt install gcc python3-dev); their tests skip" >&2
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.firmware
	@echo "installing what the tests need"
	@$(PIP) --require-hashes --requirement requirements/dev.txt
	@touch $@

demo: $(VENV)/.run  ## a short session on the simulated board, about a minute
	@$(BIN)/retro-timer run --board sim --plan demo --scenario demo --view --once
	@echo "Kept: $(BIN)/retro-timer results show"
	@echo "The coach's page: make coach"
	@echo "Next: $(BIN)/retro-timer simulate first-steps --scenario sun-comes-out --wav sun.wav   (a session as it sounds)"
	@echo "      $(BIN)/retro-timer plans list, and README.md"

coach: $(VENV)/.run  ## the simulated box with the coach's page on this machine, until Ctrl-C
	@$(BIN)/retro-timer run --board sim --voice text >/dev/null & box=$$!; \
	$(BIN)/retro-timer coach & page=$$!; trap 'kill $$box $$page 2>/dev/null' EXIT; trap 'exit 130' INT TERM; \
	until pin=$$($(BIN)/retro-timer pin 2>/dev/null); do kill -0 $$box $$page || exit 1; sleep 0.3; done; \
	echo "PIN: $$pin"; wait $$page

# Four at a time on two cores: many of them wait for processes more than they work.
test: $(VENV)/.dev  ## the tests, about three minutes on two cores
	@$(BIN)/python -m pytest -q -n 4 --dist worksteal -m "not slow" --ignore tests/browser

# Sessions of real processes in real time, speech that is listened to: they wait too.
slow: $(VENV)/.dev  ## the longer tests that need no machine of their own, and those that run sessions in real time
	@$(BIN)/python -m pytest -q -n 4 --maxschedchunk 1 -m slow tests --ignore tests/service --ignore tests/vm --ignore tests/rig \
		--ignore tests/arm64 --ignore tests/soak --ignore tests/fuzz --ignore tests/browser

# What reads files and messages, with a thousand examples each (a quarter of them where each replays whole passages); the
# rest of the tests try forty.
FUZZED := tests/fuzz tests/store/traces/test_traces.py tests/training/test_roster.py tests/settings/test_any_file.py \
	tests/sim/test_scenario_files.py tests/beacon/control/test_server.py tests/beacon/control/test_request_handler.py \
	tests/stateful tests/detection/test_one_reading.py tests/training/test_speech_of_a_group.py

fuzz: $(VENV)/.dev  ## up to a thousand examples each: settings, plans, rosters, traces, messages; SEED=1 for the same again
	@HYPOTHESIS_PROFILE=thorough $(BIN)/python -m pytest -q -n auto --dist worksteal --timeout 900 $(FUZZED) \
		$(if $(SEED),--hypothesis-seed=$(SEED))

soak: $(VENV)/.dev  ## memory and handles stay flat: eight simulated hours, and SOAK_S real seconds (60)
	@RETRO_TIMER_SOAK_S=$(or $(SOAK_S),60) $(BIN)/python -m pytest -q -n 2 tests/soak

field: $(VENV)/.dev  ## what takes long: ten minutes' soak, 30 power cuts, the tests' machines, the arm64 archive
	@$(MAKE) --no-print-directory soak SOAK_S=600
	@$(MAKE) --no-print-directory test-vm CUTS=30
	@$(BIN)/python -m pytest -q tests/rig
	@$(BIN)/python -m pytest -q tests/arm64

check: $(VENV)/.dev  ## format, lint, types, dead names, layers, README
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/vulture
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m pytest -q tests/test_docs.py

schemas: $(VENV)/.run  ## write config/schemas anew
	@$(BIN)/python -m retro_timer.settings.schemas
	@$(BIN)/python -m retro_timer.store.exchange.schema

socket: $(VENV)/.run  ## write docs/socket.md and its schema anew
	@$(BIN)/python -m docs.socket_page

phrases: $(VENV)/.run  ## write docs/phrases.md anew
	@$(BIN)/python -m docs.phrases_page

bench: $(VENV)/.dev  ## accuracy, dual gate, starts, followers, lanes, warnings, latency, cost, page, growth and groups, about an hour; QUICK=1 under one; ONLY=cost,growth
	@$(BIN)/python -m benchmarks.run $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY)) $(if $(SEED),--seed $(SEED)) $(if $(SHARE),--share $(SHARE))
	@$(if $(QUICK),:,$(BIN)/python -m benchmarks.publish)

lock: $(VENV)/.dev  ## pin the dependencies anew
	@$(PIP) uv
	@for name in run firmware installer dev; do $(BIN)/uv pip compile --quiet --upgrade --python-platform linux \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
		--output-file requirements/$$name.txt requirements/$$name.in; done

release: $(VENV)/.dev  ## archives that install without a network: SUITE=bookworm|trixie, ARCH=arm64|amd64
	@PYTHONPATH=firmware $(BIN)/python -m release $(if $(SUITE),--suite $(SUITE)) $(if $(ARCH),--arch $(ARCH))

# Two at a time, each with a browser of its own, the longest first; what they see lies in build/screenshots.
test-browser: $(VENV)/.dev  ## the coach's page in Chromium and WebKit: phones, sleep, lost Wi-Fi, barriers, pictures
	@$(BIN)/python -m pytest -q -n 2 --maxschedchunk 1 tests/browser/test_looks.py tests/browser

test-vm: $(VENV)/.dev  ## the installed box in a virtual machine, as root, about 20 minutes: pins, faults, Wi-Fi, CUTS (5) power cuts
	@RETRO_TIMER_CUTS=$(or $(CUTS),5) $(BIN)/python -m pytest -q -s tests/vm

# Three at a time, the longest first: they wait for watchdogs and restarts more than they work.
test-service: $(VENV)/.dev  ## installer and service on a real systemd in a container, as root
	@$(BIN)/python -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder tests/service

wiring: $(VENV)/.dev  ## draw wiring/ and write the boot fragment anew from the default settings
	@$(BIN)/python -m wiring.draw
	@RETRO_TIMER_CONFIG=config $(BIN)/retro-timer wiring --boot >firmware/boot/retro-timer.txt

pictures: $(VENV)/.dev  ## draw the documents' pictures anew from the real program
	@$(BIN)/python -m docs.pictures

clean:  ## remove everything that make made
	@rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
