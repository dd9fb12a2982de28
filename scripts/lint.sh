#!/usr/bin/env bash
# Formatting, clippy with warnings denied, licences and advisories, and lockfiles that name no registry.
source "$(dirname "$0")/common.sh"

failed=()
say "formatting"
cargo fmt --all --check || failed+=("formatting: run \`make fmt\`")

say "clippy"
scripts/web.sh build # the binary embeds web/dist
cargo clippy --locked --workspace --all-targets -- -D warnings || failed+=(clippy)

if cargo deny --version >/dev/null 2>&1; then
    say "licences, bans and sources (cargo deny, offline)"
    cargo deny --offline check bans licenses sources || failed+=("cargo deny")
    # The advisory database is fetched; without a network there is nothing to compare with.
    cargo deny check advisories || say "advisories were not checked: see above"
else
    say "skipped: licences and advisories (cargo-deny is not installed)"
fi

say "lockfiles"
if grep -l '"resolved": *"http' web/package-lock.json tests/browser/package-lock.json 2>/dev/null; then
    failed+=("package-lock.json names a registry: install with the .npmrc beside it")
fi

if [ ${#failed[@]} -gt 0 ]; then
    printf 'failed: %s\n' "${failed[@]}" >&2
    exit 1
fi
