#!/usr/bin/env bash
# Styles, scripts and fonts: `web.sh build` makes web/dist, `web.sh test` runs their unit tests.
# npm is asked only when something changed since the last time.
source "$(dirname "$0")/common.sh"
cd web

# One hash over everything that is not itself a result.
fingerprint() {
    find . \( -path ./node_modules -o -path ./dist -o -path ./fonts \) -prune -o -type f -print0 | LC_ALL=C sort -z |
        xargs -0 sha256sum | sha256sum
}
lock_state() { sha256sum package.json package-lock.json; }

install() {
    [ "$(cat node_modules/.zhike-lock 2>/dev/null)" = "$(lock_state)" ] && return
    say "installing the npm packages of web/ (npm ci)"
    npm ci --no-fund --no-audit --loglevel=error
    lock_state >node_modules/.zhike-lock
}

build() {
    install
    [ -d dist ] && [ -d fonts ] && [ "$(cat node_modules/.zhike-built 2>/dev/null)" = "$(fingerprint)" ] && return
    say "building web/dist"
    npm run --silent build
    fingerprint >node_modules/.zhike-built
}

case ${1:-} in
build) build ;;
test)
    install
    npm --silent test
    ;;
*) die "usage: scripts/web.sh build|test" ;;
esac
