#!/usr/bin/env bash
# Removes what killed test runs left behind. A test's folder and database carry the number of the process that made
# them, and a folder the number of the server that it started; what a living process made stays.
source "$(dirname "$0")/common.sh"

for folder in /tmp/zhike-tests-* /tmp/zhike-e2e-* /var/tmp/zhike-e2e-*; do
    [ -d "$folder" ] && [ -O "$folder" ] || continue
    [[ $folder =~ -([0-9]+)(-[0-9a-z]+)?$ ]] || continue
    [ -d "/proc/${BASH_REMATCH[1]}" ] && continue
    while IFS= read -r -d '' file; do
        pid=$(cat "$file")
        # The folder in its command line shows that the number was not given to another process meanwhile.
        if tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF "$folder"; then kill -9 "$pid" || true; fi
    done < <(find "$folder" -name '*.pid' -print0)
    rm -rf "$folder"
done

[ -n "${ZHIKE_TEST_POSTGRES:-}" ] || exit 0
psql "$ZHIKE_TEST_POSTGRES" -Atqc "SELECT datname FROM pg_database WHERE datname ~ '^zhike_e2e_[0-9]+_[0-9a-z]+\$'" |
    while IFS=_ read -r zhike e2e pid rest; do
        [ -d "/proc/$pid" ] ||
            psql "$ZHIKE_TEST_POSTGRES" -qc "DROP DATABASE IF EXISTS ${zhike}_${e2e}_${pid}_${rest} WITH (FORCE)"
    done
