#!/usr/bin/env bash
# Run by nextest before the end-to-end tests: builds the program and tells them where it is.
source "$(dirname "$0")/common.sh"
scripts/leftovers.sh
if [ -z "${ZHIKE_TEST_BINARY:-}" ]; then
    cargo build --quiet --locked --workspace --bins
    printf 'ZHIKE_TEST_BINARY=%s\n' "$target/debug/zhike" >>"$NEXTEST_ENV"
fi
