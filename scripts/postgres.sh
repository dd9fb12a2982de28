#!/usr/bin/env bash
# A throw-away PostgreSQL cluster on 127.0.0.1, for tests and measurements.
#
#   postgres.sh run [--durable] -- COMMAND…   start, run COMMAND with ZHIKE_TEST_POSTGRES set, stop and remove
#   postgres.sh start [--durable]             start and print the line to `eval`; it runs until stopped
#   postgres.sh stop                          stop and remove what `start` started
#   postgres.sh installed                     are PostgreSQL's server programs there?
#
# --durable is PostgreSQL as a careful administrator runs it (every commit on disk); without it, commits are not
# flushed: a test's data need not survive a power cut.
source "$(dirname "$0")/common.sh"

# Debian keeps the server's programs out of PATH, one folder a version; the newest is taken.
programs() {
    local folder
    folder=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
    [ -x "$folder/initdb" ] || folder=$(dirname "$(command -v initdb)" 2>/dev/null) || return 1
    [ -x "$folder/initdb" ] && printf '%s\n' "$folder"
}

# initdb and postgres refuse to run as root, so root hands them to Debian's `postgres` user.
as_owner() {
    if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

# A process's number can be given again after its end; number and start time together cannot.
identity() { awk -v pid="$1" '{ sub(/.*\) /, ""); print pid, $20 }' "/proc/$1/stat" 2>/dev/null || true; }

# Stops and removes the cluster in $folder.
finish() {
    [ ! -f "$folder/data/postmaster.pid" ] ||
        as_owner "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
    rm -rf "$folder" "$folder.owner" "$folder.log"
}

# What a killed run left behind.
sweep() {
    local owner
    for folder in /tmp/zhike-postgres.* /var/tmp/zhike-postgres.*; do
        { [ -O "$folder" ] || [ "$(id -u)" = 0 ]; } && [ -f "$folder.owner" ] || continue
        owner=$(cat "$folder.owner")
        [ "$owner" = kept ] && continue
        [ "$(identity "${owner%% *}")" = "$owner" ] && continue
        say "removing the PostgreSQL cluster of a run that was killed: $folder"
        finish
    done
}

start() { # base folder, owner → sets $folder and $url
    local settings port
    folder=$(mktemp -d "$1/zhike-postgres.XXXXXX")
    printf '%s\n' "$2" >"$folder.owner"
    [ "$(id -u)" = 0 ] && chown postgres "$folder"
    # A Chinese collation, as in a Chinese office's database: code that leans on byte order is found out here.
    as_owner "$bin/initdb" -D "$folder/data" -U postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
        --locale-provider=icu --icu-locale=zh-Hans-CN --no-sync >"$folder.log" 2>&1 ||
        die "initdb failed: $(tail -n 5 "$folder.log")"
    settings="-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200"
    if [ "$durable" = yes ]; then
        # as docs/operations.md advises: a quarter of the memory, at most 4 GB
        local buffers
        buffers=$(awk '/MemTotal/ { mb = int($2 / 4096); print (mb > 4096 ? 4096 : mb) }' /proc/meminfo)
        settings+=" -c shared_buffers=${buffers}MB -c max_wal_size=4GB -c random_page_cost=1.1"
    else
        settings+=" -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum_naptime=10"
    fi
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        port=$((20000 + RANDOM % 10000))
        if as_owner "$bin/pg_ctl" -D "$folder/data" -l "$folder/data/server.log" -o "$settings -p $port" -w start \
            >>"$folder.log" 2>&1; then
            url="postgres://postgres@127.0.0.1:$port/postgres"
            return
        fi
    done
    die "PostgreSQL did not start: $(tail -n 5 "$folder/data/server.log")"
}

verb=${1:-}
shift || true
durable=no
base=/tmp
if [ "${1:-}" = --durable ]; then
    durable=yes
    base=/var/tmp # on a disk, where /tmp may be memory
    shift
fi

bin=$(programs) || bin=
[ "$verb" = installed ] && { [ -n "$bin" ] && exit 0 || exit 1; }
[ -n "$bin" ] || die "PostgreSQL's server is missing: run \`scripts/setup.sh test\`."

case $verb in
run)
    [ "${1:-}" = -- ] && shift
    if [ -n "${ZHIKE_TEST_POSTGRES:-}" ] && [ "$durable" = no ]; then
        say "using the PostgreSQL that ZHIKE_TEST_POSTGRES names"
        exec "$@"
    fi
    sweep
    folder=
    trap '[ -z "$folder" ] || finish' EXIT
    start "$base" "$(identity $$)"
    export ZHIKE_TEST_POSTGRES=$url
    "$@"
    ;;
start)
    sweep
    start "$base" kept
    printf 'export ZHIKE_TEST_POSTGRES=%s\n' "$url"
    say "PostgreSQL runs in $folder until \`scripts/postgres.sh stop\`"
    ;;
stop)
    for owner in /tmp/zhike-postgres.*.owner /var/tmp/zhike-postgres.*.owner; do
        [ "$(cat "$owner" 2>/dev/null)" = kept ] || continue
        folder=${owner%.owner}
        finish
        say "stopped and removed $folder"
    done
    ;;
*) die "usage: scripts/postgres.sh run|start|stop|installed [--durable] [-- COMMAND…]" ;;
esac
