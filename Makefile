# Zhike 知客. `make run` and `make test` need only Rust, Node.js and npm; what else is missing they install, and say so.
# The work is done by scripts/*.sh; CARGO_TARGET_DIR is respected.

.PHONY: help run test bench fmt lint check web clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

run: ## build all and serve with demo data on http://127.0.0.1:8080
	@scripts/run.sh

test: ## set up what tests need, run them all on both databases and in a browser
	@scripts/test.sh

bench: ## measure (about an hour) and write the tables of docs/benchmarks.md; ZHIKE_BENCH_CUSTOMERS=20000 for a quick look
	@scripts/bench.sh

fmt: ## format the Rust code
	cargo fmt --all

lint: ## formatting, clippy with warnings denied, licences and advisories, lockfiles
	@scripts/lint.sh

check: ## does it compile? all crates, all targets
	@scripts/web.sh build
	cargo check --workspace --all-targets

web: ## build styles and scripts into web/dist
	@scripts/web.sh build

clean: ## remove what was built; zhike-data stays
	cargo clean
	rm -rf web/dist web/node_modules tests/browser/node_modules test-results
