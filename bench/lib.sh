# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the measurements share. To be sourced from the root of the tree; BUILD names the build folder.
# Servers run on the first of this process's cores, clients on the last.
BUILD=${BUILD:-build}
KENEYPERF=$BUILD/keneyperf
ORIGIN=$BUILD/tests/support/origin
DIR=$(mktemp -d "${TMPDIR:-/tmp}/keneyperf-bench.XXXXXX")
ORIGIN_PID='' URL='' AWAKE=()

# shellcheck source=/dev/null
. tests/support/nginx.sh

cleanup() {
    stop_nginx
    [ -z "$ORIGIN_PID" ] || kill -KILL "$ORIGIN_PID" 2>/dev/null || true
    [ ${#AWAKE[@]} = 0 ] || kill -KILL "${AWAKE[@]}" 2>/dev/null || true
    rm -rf "$DIR"
}
trap cleanup EXIT

for needed in "$KENEYPERF" "$ORIGIN" "$BUILD/bench/usage"; do
    [ -x "$needed" ] || { echo "$needed is missing: run make bench, which builds it" >&2; exit 2; }
done

allowed_cores() {
    local range
    for range in $(taskset -pc $$ | sed 's/.*: //; s/,/ /g'); do
        seq "${range%-*}" "${range#*-}"
    done
}
SERVER_CORE=$(allowed_cores | sed -n 1p)
CLIENT_CORE=$(allowed_cores | sed -n "\$p")
# For the rows.
# shellcheck disable=SC2034
ON_SERVER=(taskset -c "$SERVER_CORE") ON_CLIENT=(taskset -c "$CLIENT_CORE")

# favoured: servers and clients of what follows get most of their cores' time, where that is permitted
# (root). A server that waits for its turn lets the client sleep and wake for every single answer, which
# costs it more.
favoured() {
    if nice -n -15 true 2>/dev/null && [ "$(nice -n -15 nice 2>/dev/null)" -lt 0 ]; then
        ON_SERVER+=(nice -n -15) ON_CLIENT+=(nice -n -15)
        echo "high priority: on"
    else
        echo "high priority: not permitted; what else runs on this machine disturbs the figures"
    fi
}

# awake: keeps both cores from halting, by loops that anything else displaces. On a virtual machine it
# takes some 50 µs to wake a halted core, twice in a request, which is the machine's time and not the client's.
awake() {
    local core
    for core in "$SERVER_CORE" "$CLIENT_CORE"; do
        taskset -c "$core" chrt -i 0 bash -c 'while :; do :; done' &
        AWAKE+=($!)
        disown $!
    done
}

# calm: servers and clients of what follows run before everything else on their cores, where that is
# permitted (root), so that other work on the machine does not show in latencies.
calm() {
    if chrt -f 1 true 2>/dev/null; then
        ON_SERVER+=(chrt -f 1) ON_CLIENT+=(chrt -f 1)
        echo "first-in-line scheduling: on"
    else
        echo "first-in-line scheduling: not permitted; what else runs on this machine disturbs the figures"
    fi
}

say_machine() {
    echo "$(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | sed -n 1p), Linux $(uname -r)," \
        "load $(cut -d' ' -f1 /proc/loadavg)"
    [ "$SERVER_CORE" != "$CLIENT_CORE" ] || echo "! one core for server and client: figures mean little"
}

# used NAME: that figure (cpu_us, rss_kb, wall_us) of the last `measured`.
used() {
    sed -E "s/.*$1=([0-9]+).*/\1/" "$DIR/usage"
}

# measured COMMAND...: runs it on the client's core and keeps what it used.
measured() {
    "${ON_CLIENT[@]}" "$BUILD/bench/usage" "$DIR/usage" "$@"
}

# figure FILE PATH: a number of a JSON file.
figure() {
    "$BUILD/tests/support/json_flat" <"$1" | awk -v path="$2" '$1 == path { print $2; found = 1 } END { exit !found }'
}

# The middle of the numbers on standard input.
median() {
    sort -g | awk '{ v[NR] = $1 } END { if (NR % 2) print v[(NR + 1) / 2]; else print (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# calc EXPRESSION: in floating point.
calc() {
    awk "BEGIN { printf \"%.6g\", $1 }"
}

# verdict CONDITION: prints PASS or FAIL; the status says it too.
verdict() {
    if awk "BEGIN { exit !($1) }"; then
        echo PASS
    else
        echo FAIL
        return 1
    fi
}

# start_origin [FLAG...]: on the server's core; sets URL.
start_origin() {
    : >"$DIR/origin"
    "${ON_SERVER[@]}" "$ORIGIN" "$@" >>"$DIR/origin" &
    ORIGIN_PID=$!
    local port=''
    until read -r _ port <"$DIR/origin" && [ "$port" ]; do
        kill -0 "$ORIGIN_PID" || return 1
        sleep 0.01
    done
    export URL=http://127.0.0.1:$port
}

# Its log is whole after that, and its totals are the last line of $DIR/origin.
stop_origin() {
    kill -TERM "$ORIGIN_PID"
    wait "$ORIGIN_PID"
    ORIGIN_PID=''
}
