# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the rows about Locust share. To be sourced after bench/lib.sh.
export KENEYPERF_PYTHON=${KENEYPERF_PYTHON:-/usr/bin/python3}
export PYTHONDONTWRITEBYTECODE=1
LOCUST=${LOCUST:-/usr/bin/locust}
# For the rows.
# shellcheck disable=SC2034
OWN_LOCUST=("$KENEYPERF" as locust)

need_locust() {
    [ -x "$LOCUST" ] || { echo "skipped: $LOCUST is not installed (tools/setup test)"; exit 77; }
}

# locust_run FILE USERS SECONDS COMMAND...: all users at once, without pause; sets requests, by the server's
# count (Locust's files are up to a second old when it ends), which one is enough to ask for.
locust_run() {
    local file=$1 users=$2 seconds=$3 before
    shift 3
    rm -f "$DIR"/out_*.csv
    before=$(nginx_count)
    measured "$@" -f "$file" --headless -u "$users" -r "$users" -t "${seconds}s" --only-summary --csv "$DIR/out" \
        --host "$target" >"$DIR/said" 2>&1 || { cat "$DIR/said" >&2; return 1; }
    requests=$(($(nginx_count) - before - 1))
    [ "$(aggregated 'Failure Count')" = 0 ] || { echo "requests failed" >&2; return 1; }
}

# aggregated COLUMN: of the last run's table.
aggregated() {
    awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) column = i }
        $2 == "Aggregated" { sub(/\r$/, ""); print $column }' "$DIR/out_stats.csv"
}
