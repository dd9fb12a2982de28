#!/usr/bin/env bash
# Sets up what is missing: `setup.sh run` for building and serving, `setup.sh test` for the tests as well.
source "$(dirname "$0")/common.sh"

command -v cargo >/dev/null || die "Rust is missing: install it with rustup (https://rustup.rs), then try again."
command -v node >/dev/null || die "Node.js is missing: install version 20 or later, then try again."
command -v npm >/dev/null || die "npm is missing: install it (Debian: apt-get install npm), then try again."
node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' ||
    die "Node.js $(node --version) is too old: install version 20 or later, then try again."

missing=()
command -v cc >/dev/null || missing+=(build-essential) # SQLite is C code
if [ "${1:-run}" = test ]; then
    "$root/scripts/postgres.sh" installed || missing+=(postgresql)
    command -v psql >/dev/null || missing+=(postgresql-client)
    [ -x /usr/bin/chromium ] || missing+=(chromium)
    # A browser without Chinese glyphs draws boxes: screenshots and text widths would be wrong.
    { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn family)" ]; } || missing+=(fontconfig fonts-noto-cjk)
fi
[ ${#missing[@]} -gt 0 ] || exit 0

command -v apt-get >/dev/null || die "these are missing and there is no apt-get to install them with: ${missing[*]}"
as_root=()
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "not root and no sudo: ask an administrator for: apt-get install ${missing[*]}"
    as_root=(sudo)
fi
say "installing from Debian's packages: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >&2
say "installed: ${missing[*]}"
