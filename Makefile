# Two commands for everyone: make demo, make test. Both set up .venv by themselves and start in seconds the next time.
PYTHON ?= python3
# The CPU build of PyTorch by default; for CUDA give the address of its wheels: make demo TORCH_INDEX=ADDRESS
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
TORCH = torch==2.13.0
BIN = .venv/bin
SETUP = .venv/.done-$(shell cat pyproject.toml Makefile tools/setup.py | cksum | cut -d' ' -f1)

ROOMS ?= ebert_gui/state:tests/gui/state

.PHONY: setup demo docs test check fuzz mutants soak pictures figures benchmarks demonstration-checkpoint clean

setup: $(SETUP)

$(SETUP):
	$(PYTHON) tools/setup.py --torch "$(TORCH)" --torch-index "$(TORCH_INDEX)"
	@rm -f .venv/.done-* && touch $@

demo: setup
	$(BIN)/ebert demo

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check
	QT_QPA_PLATFORM=offscreen $(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile

# What docs/specs.md says of keys, from the fields of ebert_core/protocol/specs/*.py.
docs: setup
	$(BIN)/python tools/spec_page.py

pictures: setup
	$(BIN)/python tools/pictures.py

# The figures of every evaluation and learning curve under build/; FILES="a.json b.json" and TO=docs/pictures choose others.
figures: setup
	$(BIN)/python tools/figures.py $(FILES) $(if $(TO),--to $(TO))

benchmarks: setup
	$(BIN)/pip install --quiet --editable '.[model,benchmarks]'
	for file in benchmarks/*.py; do $(BIN)/python $$file || exit 1; done

# Wrong files of every format, other ones each time; a failure names its seed and where the input lies. SEED=1 COUNT=5000
fuzz: setup
	$(eval SEED ?= $(shell date +%s))
	@echo "Seed $(SEED); wrong inputs are kept in build/fuzz/$(SEED)."
	EBERT_FUZZ_SEED=$(SEED) EBERT_FUZZ_COUNT=$(or $(COUNT),2000) EBERT_FUZZ_FOLDER=build/fuzz/$(SEED) \
		QT_QPA_PLATFORM=offscreen $(BIN)/pytest tests/fuzz

# Which wrong code do the tests let through? ROOMS="ebert_core/jobs:tests/core/jobs" COUNT=60 SEED=1
mutants: setup
	$(BIN)/python tools/mutants.py --count $(or $(COUNT),60) --seed $(or $(SEED),1) $(ROOMS)

# An hour of browsing, jobs and killed workers; MINUTES=5 is a short one.
soak: setup
	$(BIN)/python tools/soak.py --minutes $(or $(MINUTES),60)

# The checkpoint in resources/ is trained on a genome of another seed than the one that is shown.
demonstration-checkpoint: setup
	$(BIN)/ebert demo --seed 11 --directory build/demonstration-training --generate-only
	$(BIN)/ebert finetune resources/recipes/demonstration.toml

clean:
	rm -rf .venv build demo .mypy_cache .ruff_cache .import_linter_cache
