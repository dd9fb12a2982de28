#!/usr/bin/env bash
# Measures the release binary on SQLite and on a durable PostgreSQL and writes the tables of docs/benchmarks.md.
#   ZHIKE_BENCH_CUSTOMERS   how many customers (and as many contacts) to measure with, 1000000 if not set
#   ZHIKE_BENCH_DEALS       how many deals to import for forecast and boards, 120000 if not set
#   ZHIKE_BENCH_ENGINES     sqlite, postgres or both (sqlite,postgres) if not set
#   ZHIKE_BENCH_SECONDS     how long each scenario runs at each number of clients, 10 if not set
source "$(dirname "$0")/common.sh"

scripts/setup.sh test
scripts/web.sh build
scripts/leftovers.sh
cargo build --release --locked -p zhike
cargo build --release --locked -p zhike-benches
# A million customers belong on a disk: /tmp may be memory.
export TMPDIR=/var/tmp ZHIKE_TEST_BINARY=$target/release/zhike
exec scripts/postgres.sh run --durable -- "$target/release/zhike-benches" docs/benchmarks.md
