# Everything a person types; each target only calls a tool. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help up down setup build actors test format lint clean

SWIFT_BUILD := swift build --explicit-target-dependency-import-check error
# Nothing looks symbols up in the program itself: without a table of them it starts 0.4 ms sooner.
RELEASE := -c release --omit-frame-pointers --scratch-path .build-release --static-swift-stdlib \
	-Xlinker -s -Xlinker --no-export-dynamic

help: ## Lists the targets.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-8s %s\n", $$1, $$2 }'

up: build actors ## Builds, then starts a NATS server, a host and the demo in the background.
	@./lattice up --detached --demo

down: ## Stops what `make up` started.
	@if [ -x ./lattice ]; then ./lattice down; else echo "nothing runs here"; fi

setup: ## Installs the packages that building and testing need (apt, with sudo where necessary).
	@scripts/install-packages.sh test

build: ## Builds the release binary and links it as ./lattice.
	@scripts/install-packages.sh build
	$(SWIFT_BUILD) $(RELEASE) --product lattice
	@ln -sfn .build-release/release/lattice lattice
	@echo "built: ./lattice"

actors: ## Builds the example actors, unsigned, into .build-actors.
	@actors/build.sh

test: setup ## Builds everything and runs all tests, on real servers.
	@scripts/check-format.sh
	$(SWIFT_BUILD) --build-tests
	swift test --skip-build --no-parallel
	@Benchmarks/engine/instructions.sh
	@scripts/report-spec-suite.sh

format: ## Formats the Swift code in place.
	swift format -i -r Sources Tests providers Benchmarks Fuzz/Sources Package.swift Fuzz/Package.swift

lint: ## Checks the format without changing anything.
	@scripts/check-format.sh

clean: ## Removes what was built.
	rm -rf .build .build-release .build-actors lattice
