# The two that a newcomer needs: `make run` and `make test`. Both set up what is missing.
SHELL := /bin/sh
PYTHON := .venv/bin/python
export RASA_TELEMETRY_ENABLED := false
export CUDA_VISIBLE_DEVICES :=
export TF_CPP_MIN_LOG_LEVEL := 3
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
RASA := PYTHONWARNINGS=ignore PYTHONPATH=. $(PYTHON) -m rasa

.PHONY: run setup setup-dev train eval eval-check bench test test-postgres test-faults lint types unit validate stories e2e lock clean

run: setup ## set up what is missing, then start everything
	@$(PYTHON) -m bot up

setup:
	@command -v python3 >/dev/null || { echo "Python 3 is needed to begin; install it (Debian: apt install python3 python3-venv)."; exit 1; }
	@python3 bot/run/bootstrap.py

setup-dev:
	@command -v python3 >/dev/null || { echo "Python 3 is needed to begin; install it (Debian: apt install python3 python3-venv)."; exit 1; }
	@python3 bot/run/bootstrap.py --dev

train: setup ## train the model if anything it is made of changed
	@$(PYTHON) -m bot train

eval: setup-dev train ## detection and understanding figures
	$(PYTHON) -m eval.run

eval-check: setup-dev train ## figures on held-out messages against the floors of eval/floors.yml
	$(PYTHON) -m eval.run --held-out --check

bench: setup-dev train ## speed figures beside Rasa's starter bot; BENCH=quick for the short run
	@$(PYTHON) -W ignore -m bench

test: setup-dev lint types unit validate train stories e2e ## everything, in this order

lint:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

types:
	$(PYTHON) -m mypy bot actions

unit:
	$(PYTHON) -m pytest tests/unit tests/integration

validate:
	$(RASA) data validate --domain domain.yml --data data --config config.yml

stories: train
	$(PYTHON) -m tests.stories.run

e2e:
	$(PYTHON) -m pytest tests/e2e

test-postgres: setup-dev ## unit and integration tests on PostgreSQL
	IOP_TEST_DATABASE=postgresql $(PYTHON) -m pytest tests/unit tests/integration

test-faults: setup-dev train ## kill the running stack's processes under load; FAULTS=long for 60 kills
	$(PYTHON) -m pytest tests/faults -s

lock: ## renew the lock files (uv from `make setup`)
	PATH="$$PWD/.tools/uv/bin:$$PATH" uv pip compile -q pyproject.toml --generate-hashes --no-emit-index-url --no-header --no-annotate -o requirements.lock --python 3.10
	PATH="$$PWD/.tools/uv/bin:$$PATH" uv pip compile -q pyproject.toml --extra dev -c requirements.lock --generate-hashes --no-emit-index-url --no-header --no-annotate -o requirements-dev.lock --python 3.10

clean: ## forget environment, data and models of this checkout
	rm -rf .venv .tools var models/*.tar.gz .rasa
