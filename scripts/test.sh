#!/usr/bin/env bash
# Every test: Rust on SQLite and PostgreSQL, scripts in Node.js, pages in Chromium.
# Nothing is left behind: data folders and databases are removed by the tests, the cluster by postgres.sh.
source "$(dirname "$0")/common.sh"

if [ "${1:-}" != --inside ]; then
    scripts/setup.sh test
    scripts/web.sh build
    exec scripts/postgres.sh run -- scripts/test.sh --inside
fi

scripts/leftovers.sh
# Everything temporary in one folder, so that one line removes it.
export TMPDIR=/tmp/zhike-tests-$$
mkdir -m 700 "$TMPDIR"
trap 'rm -rf "$TMPDIR"' EXIT

# The tests start the program itself, so it is built with them: one set of features, nothing built twice.
say "building the program and its tests"
cargo build --locked --workspace --bins --tests
export ZHIKE_TEST_BINARY=$target/debug/zhike

failed=()
say "Rust tests, on SQLite and PostgreSQL"
if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --locked --workspace ${CI:+--profile ci} || failed+=("Rust tests")
else
    say "cargo-nextest is not installed: cargo test does the same, more slowly"
    cargo test --locked --workspace --no-fail-fast || failed+=("Rust tests")
fi

say "script tests, in Node.js"
scripts/web.sh test || failed+=("script tests")

say "browser tests, in Chromium"
(
    cd tests/browser
    npm ci --no-fund --no-audit --loglevel=error && npm --silent test
) || failed+=("browser tests")

if [ ${#failed[@]} -gt 0 ]; then
    printf 'failed: %s\n' "${failed[@]}" >&2
    exit 1
fi
say "all tests passed"
