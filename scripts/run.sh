#!/usr/bin/env bash
# Build all and serve with demo data on http://127.0.0.1:8080 (ZHIKE_LISTEN and ZHIKE_DATA change that).
source "$(dirname "$0")/common.sh"

scripts/setup.sh run
scripts/web.sh build
[ -x "$target/release/zhike" ] || say "building Zhike: the first time takes some minutes, later ones seconds"
cargo build --release --locked -p zhike
zhike=$target/release/zhike

data=${ZHIKE_DATA:-$root/zhike-data}
if [ ! -e "$data" ] && [ -z "${ZHIKE_DATABASE:-}" ]; then
    say "making demo data in $data"
    # Made beside and moved when whole: half a demo after Ctrl-C would look like data.
    rm -rf "$data.new"
    "$zhike" demo --customers 2000 --data "$data.new"
    mv "$data.new" "$data"
fi
exec "$zhike" serve --data "$data"
