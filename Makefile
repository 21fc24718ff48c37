# The front door. Without make (Windows, say): python tools/do.py course, and so on.
PYTHON ?= python3
DO = $(PYTHON) tools/do.py
NARROW = $(if $(UNIT),--unit $(UNIT)) $(if $(TRACK),--track $(TRACK))

help: ## say what there is (the first target, so plain `make` does no harm)
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 10
course: ## install, run every notebook, report [UNIT=11] [TRACK=pytorch]
	$(DO) course $(NARROW)
lab: ## install, open JupyterLab on your copy [UNIT=11] [TRACK=pytorch] [ARGS=--no-browser]
	$(DO) lab $(NARROW) $(ARGS)
test: ## install, then every test [UNIT=11] [TRACK=pytorch] [ALL=1: no samples, hours]
	$(DO) test $(NARROW) $(if $(ALL),--all)
setup: ## install only [TRACK=pytorch]
	$(DO) setup $(NARROW)
new: ## start a unit from the template: UNIT=18-slug
	$(DO) new $(UNIT)
build: ## build notebooks, solutions, quizzes and the README's table
	$(DO) build
check: ## name every built file that is stale
	$(DO) check
run: ## store outputs where they are missing [UNIT=11] [TRACK=pytorch] [FORCE=1]
	$(DO) run $(NARROW) $(if $(FORCE),--force)
figures: ## draw the figures of a page: UNIT=11
	$(DO) figures $(NARROW)
windows: ## measure where results must fall, over 20 seeds: UNIT=11 [TRACK=pytorch]
	$(DO) windows $(NARROW) $(ARGS)
site: ## build the site into build/site
	$(DO) site
slides: ## build the slides and their handouts into build/slides [UNIT=11]
	$(DO) slides $(NARROW)
bench: ## measure unit 11, or 09, beside its references [UNIT=09] [ARGS="--budget 60"]
	$(DO) bench $(if $(UNIT),--unit $(UNIT)) $(ARGS)

.PHONY: help course lab test setup new build check run figures windows site slides bench
