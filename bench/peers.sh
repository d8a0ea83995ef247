# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Clients side by side against one nginx, 64-byte and 64 KB answers, plain, over TLS and over HTTP/2.
# To be sourced after bench/lib.sh.
SECONDS_EACH=${SECONDS_EACH:-2}
OHA=$(command -v oha || echo "$HOME/.cargo/bin/oha")
K6=$(command -v k6 || echo "$HOME/go/bin/k6")

# start_server: nginx on the server's core; sets PLAIN and SECURE, to which /small and /large are added.
start_server() {
    local port=$((10000 + RANDOM % 10000))
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
        -keyout "$DIR/key.pem" -out "$DIR/cert.pem" -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null
    mkdir -p "$DIR/html"
    head -c 65536 /dev/urandom >"$DIR/html/large"
    cat >"$DIR/nginx-more.conf" <<CONFIG
listen 127.0.0.1:$port ssl http2 backlog=30000;
ssl_certificate $DIR/cert.pem;
ssl_certificate_key $DIR/key.pem;
http2_max_concurrent_streams 1000;
location = /large { root $DIR/html; open_file_cache max=10; sendfile on; }
CONFIG
    start_nginx "$DIR" "${ON_SERVER[@]}"
    # shellcheck disable=SC2034
    PLAIN=http://127.0.0.1:$NGINX_PORT
    # shellcheck disable=SC2034
    SECURE=https://127.0.0.1:$port
}

# has CLIENT: whether that client is here.
has() {
    case $1 in
    keneyperf*) true ;;
    oha) [ -x "$OHA" ] ;;
    k6) [ -x "$K6" ] ;;
    *) command -v "$1" >/dev/null ;;
    esac
}

# version_of CLIENT
version_of() {
    case $1 in
    keneyperf*) "$KENEYPERF" version ;;
    wrk) wrk -v 2>&1 | sed -n '1s/ Copyright.*//p' ;;
    ab) ab -V | sed -n '1s/.*Version/ab/p' ;;
    hey) echo "hey $(dpkg-query -Wf '${Version}' hey 2>/dev/null)" ;;
    h2load) h2load --version ;;
    oha) "$OHA" --version ;;
    k6) "$K6" version | sed -n 1p ;;
    esac
}

# load CLIENT PROTOCOL CONNECTIONS URL: SECONDS_EACH of load through "$@" of `through`; output in $DIR/out. The
# protocol is http1, or h2xN: HTTP/2 with N streams a connection.
load() {
    local client=$1 protocol=${2%%x*} streams=${2#*x} connections=$3 url=$4 run=("${through[@]}")
    case $client in
    keneyperf | keneyperf-*)
        set -- -c "$connections" -d "${SECONDS_EACH}s" --workers 1 -k --json "$DIR/json"
        [ "$client" = keneyperf ] || set -- "$@" --poller "${client#keneyperf-}"
        [ "$protocol" != h2 ] || set -- "$@" --http2 --streams "$streams"
        "${run[@]}" "$KENEYPERF" bench "$@" "$url"
        ;;
    wrk) "${run[@]}" wrk -t1 -c"$connections" -d"${SECONDS_EACH}s" "$url" ;;
    ab) "${run[@]}" ab -q -k -c "$connections" -t "$SECONDS_EACH" -n 100000000 "$url" ;;
    hey) "${run[@]}" hey -cpus 1 -c "$connections" -z "${SECONDS_EACH}s" "$url" ;;
    h2load)
        set -- -t1 -c "$connections" -D "$SECONDS_EACH"
        if [ "$protocol" = h2 ]; then set -- "$@" -m "$streams"; else set -- "$@" --h1; fi
        "${run[@]}" h2load "$@" "$url"
        ;;
    oha)
        set -- --no-tui --output-format json -z "${SECONDS_EACH}s" -c "$connections" --insecure
        [ "$protocol" != h2 ] || set -- "$@" --http2 -p "$streams"
        "${run[@]}" "$OHA" "$@" "$url"
        ;;
    k6)
        GOMAXPROCS=1 URL=$url "${run[@]}" "$K6" run --quiet --no-usage-report --vus "$connections" \
            --duration "${SECONDS_EACH}s" --insecure-skip-tls-verify \
            --summary-export "$DIR/k6.json" bench/scripts/get.js
        ;;
    esac >"$DIR/out" 2>"$DIR/err"
}

# requests_of CLIENT: how many answers the last `load` of it reports.
requests_of() {
    case $1 in
    keneyperf*) figure "$DIR/json" totals.requests ;;
    wrk) sed -nE 's/^ *([0-9]+) requests in .*/\1/p' "$DIR/out" ;;
    ab) sed -nE 's/^Complete requests: *([0-9]+)/\1/p' "$DIR/out" ;;
    hey) awk '/responses$/ { n += $2 } END { print n }' "$DIR/out" ;;
    h2load) sed -nE 's/^requests: .* ([0-9]+) succeeded.*/\1/p' "$DIR/out" ;;
    oha) figure "$DIR/out" statusCodeDistribution.200 ;;
    k6) figure "$DIR/k6.json" metrics.http_reqs.count ;;
    esac
}

# cost CLIENT PROTOCOL CONNECTIONS URL: "CPU µs per request, requests a second" of one run.
cost() {
    local through=("${ON_CLIENT[@]}" "$BUILD/bench/usage" "$DIR/usage") requests
    load "$@" || true
    requests=$(requests_of "$1")
    [ "${requests:-0}" -gt 0 ] || { cat "$DIR/out" "$DIR/err" >&2; return 1; }
    echo "$(calc "$(used cpu_us) / $requests") $(calc "$requests / $(used wall_us) * 1e6")"
}

# syscalls CLIENT PROTOCOL CONNECTIONS URL: system calls per request. The tracer slows them all down, which
# changes how many answers one wait finds; so it is a figure of its own and not of the runs above.
syscalls() {
    local through=("${ON_CLIENT[@]}" strace -f -c -U 'calls,name' -o "$DIR/strace") requests
    command -v strace >/dev/null || { echo -; return; }
    load "$@" || true
    requests=$(requests_of "$1")
    [ "${requests:-0}" -gt 0 ] || { echo -; return; }
    awk -v n="$requests" '$NF == "total" { printf "%.2f", $1 / n }' "$DIR/strace"
}
