# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2119,SC2120 # those who source it give the options
# KeneyApp as the server that is measured, on SQLite or on a PostgreSQL of its own. To be sourced after
# bench/lib.sh.
KENEYAPP=$BUILD/keneyapp
PATIENTS=${PATIENTS:-10000}
CLINIC_DATA=$DIR/clinic CLINIC_PID='' POSTGRES_PID='' REDIS_PID='' BASE='' TOKEN='' DATABASE='' REDIS=''
PG_BIN=${PG_BIN:-/usr/lib/postgresql/15/bin}
chmod 711 "$DIR" # PostgreSQL runs as another user, in a folder below

stop_clinic() {
    [ -z "$CLINIC_PID" ] || { kill -TERM "$CLINIC_PID" && wait "$CLINIC_PID"; } 2>/dev/null || true
    CLINIC_PID=''
}

stop_all() {
    stop_clinic
    [ -z "$REDIS_PID" ] || { kill -TERM "$REDIS_PID" && wait "$REDIS_PID"; } 2>/dev/null || true
    [ -z "$POSTGRES_PID" ] || { kill -INT "$POSTGRES_PID" && wait "$POSTGRES_PID"; } 2>/dev/null || true
    cleanup
}
trap stop_all EXIT

# until_true SECONDS COMMAND...
until_true() {
    local tries=$(($1 * 20))
    shift
    until "$@" >/dev/null 2>&1; do
        ((tries-- > 0)) || return 1
        sleep 0.05
    done
}

need() {
    command -v "$1" >/dev/null || [ -x "$1" ] || { echo "skipped: $1 is not here (tools/setup test)"; exit 77; }
}

# as_postgres COMMAND...: PostgreSQL refuses to be root.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@"
    else
        "$@"
    fi
}

# database NAME: its address.
database() {
    echo "postgres:///$1?host=$DIR/pg&user=keneyapp"
}

# start_postgres OPTION...: a cluster of its own, reached through a socket in its folder; sets DATABASE.
start_postgres() {
    need "$PG_BIN/initdb"
    mkdir -p "$DIR/pg"
    [ "$(id -u)" != 0 ] || chown postgres:postgres "$DIR/pg"
    as_postgres "$PG_BIN/initdb" -D "$DIR/pg/data" -A trust -U keneyapp -E UTF8 --locale=C >"$DIR/initdb" 2>&1 ||
        { cat "$DIR/initdb" >&2; return 1; }
    "${ON_SERVER[@]}" "${AS_POSTGRES[@]}" "$PG_BIN/postgres" -D "$DIR/pg/data" -k "$DIR/pg" -c listen_addresses= \
        -c shared_buffers=512MB -c max_wal_size=4GB "$@" >"$DIR/postgres.log" 2>&1 &
    POSTGRES_PID=$!
    until_true 30 "$PG_BIN/pg_isready" -h "$DIR/pg" -U keneyapp -d postgres ||
        { tail -5 "$DIR/postgres.log" >&2; return 1; }
    "$PG_BIN/createdb" -h "$DIR/pg" -U keneyapp keneyapp
    DATABASE=$(database keneyapp)
}
AS_POSTGRES=()
# shellcheck disable=SC2034
[ "$(id -u)" != 0 ] || AS_POSTGRES=(setpriv --reuid=postgres --regid=postgres --clear-groups --)

# start_redis: sets REDIS.
start_redis() {
    need redis-server
    local port=$((10000 + RANDOM % 10000))
    "${ON_SERVER[@]}" redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$DIR" >"$DIR/redis.log" 2>&1 &
    REDIS_PID=$!
    REDIS=redis://127.0.0.1:$port
    until_true 10 bash -c ": <>/dev/tcp/127.0.0.1/$port" || { tail -5 "$DIR/redis.log" >&2; return 1; }
}

where() {
    printf '%s\n' --data "$CLINIC_DATA"
    [ -z "$DATABASE" ] || printf '%s\n' --database "$DATABASE"
}

# seed_clinic PATIENTS
seed_clinic() {
    mapfile -t WHERE < <(where)
    "$KENEYAPP" seed "${WHERE[@]}" --patients "$1" >"$DIR/seed" || { cat "$DIR/seed" >&2; return 1; }
}

# copy_clinic: what this shell starts from now on has a new copy of the seeded clinic, for what writes to it,
# until drop_copy.
copy_clinic() {
    if [ "$DATABASE" ]; then
        "$PG_BIN/createdb" -h "$DIR/pg" -U keneyapp --template keneyapp copy
        "$PG_BIN/psql" -h "$DIR/pg" -U keneyapp -d copy -qc CHECKPOINT
        DATABASE=$(database copy)
    else
        cp -r "$DIR/clinic" "$DIR/copy"
        CLINIC_DATA=$DIR/copy
    fi
}

drop_copy() {
    rm -rf "$DIR/copy"
    [ -z "$DATABASE" ] || "$PG_BIN/dropdb" -h "$DIR/pg" -U keneyapp --force copy
}

# start_clinic OPTION...: on the server's core; sets BASE and TOKEN (testuser's).
start_clinic() {
    mapfile -t WHERE < <(where)
    # Before the server: a command brings back the indexes that --without takes away.
    TOKEN=$("$KENEYAPP" token testuser "${WHERE[@]}")
    [ -z "$REDIS" ] || WHERE+=(--redis "$REDIS")
    : >"$DIR/clinic.out"
    "${ON_SERVER[@]}" "$KENEYAPP" serve "${WHERE[@]}" --listen 127.0.0.1:0 --tls-listen off "$@" \
        >"$DIR/clinic.out" 2>"$DIR/clinic.err" &
    CLINIC_PID=$!
    until_true 60 grep -q 'is ready' "$DIR/clinic.out" || { cat "$DIR/clinic.err" >&2; return 1; }
    BASE=$(sed -n 's/.*is ready: \([^;]*\);.*/\1/p' "$DIR/clinic.out")
}

# used_cpu_ms PID...: of their threads so far. The kernel's account for scheduling has nanoseconds, that in `stat`
# steps of 10 ms.
used_cpu_ms() {
    local pid
    for pid; do cat "/proc/$pid/task/"*/schedstat 2>/dev/null || true; done |
        awk '{ ns += $1 } END { print ns / 1000000 }'
}

# watch_memory: notes every second what the clinic has of its own (KB; pages of the mapped database are the
# kernel's, which takes them back when it likes), until the clinic ends.
watch_memory() {
    while awk '/^RssAnon/ { print $2; found = 1 } END { exit !found }' "/proc/$CLINIC_PID/status"; do
        sleep 1
    done >"$DIR/memory" 2>/dev/null &
}

# memory_peak_kb FROM TO: the most that was noted between these shares of the time (0 to 1). Peaks, because
# SQLite's cache of the log grows until a checkpoint empties it.
memory_peak_kb() {
    awk -v from="$1" -v to="$2" '{ v[NR] = $1 } END {
        for (i = 1 + int(NR * from); i <= NR * to; i++) if (v[i] > peak) peak = v[i]
        print peak + 0
    }' "$DIR/memory"
}

# start_whole_clinic: seeded; on SQLite, or with DATABASE_KIND=postgres on PostgreSQL and Redis. Its memory is
# watched.
start_whole_clinic() {
    if [ "${DATABASE_KIND:-sqlite}" = postgres ]; then
        start_postgres
        start_redis
    fi
    seed_clinic "$PATIENTS"
    start_clinic
    watch_memory
}

# judge_run STATUS: the figures of a run that has written $DIR/summary, and what it said of its thresholds; the
# clinic's own memory must not have grown after the first fifth.
judge_run() {
    local early late
    early=$(memory_peak_kb 0.2 0.5) late=$(memory_peak_kb 0.8 1)
    [ -s "$DIR/summary" ] || { cat "$DIR/said" >&2; exit 1; }
    printf '%d requests, %.4f failed, p50 %.2f ms, p95 %.2f ms, p99 %.2f ms, own memory at most %d KB early, %d KB late: ' \
        "$(figure "$DIR/summary" metrics.http_reqs.count)" "$(figure "$DIR/summary" metrics.http_req_failed.value)" \
        "$(figure "$DIR/summary" metrics.http_req_duration.med)" \
        "$(figure "$DIR/summary" 'metrics.http_req_duration.p(95)')" \
        "$(figure "$DIR/summary" 'metrics.http_req_duration.p(99)')" "$early" "$late"
    verdict "$1 == 0 && 0 < $early && $late < $early * 1.1 + 4096"
}

# clinic_get PATH: the body of the clinic's answer, on standard output.
clinic_get() (
    exec 3<>"/dev/tcp/127.0.0.1/${BASE##*:}"
    printf 'GET %s HTTP/1.0\r\nAuthorization: Bearer %s\r\n\r\n' "$1" "$TOKEN" >&3
    sed '1,/^\r$/d' <&3
)

# query_p95_ms CLASS: of the clinic's own db_query_duration_seconds, between the bounds of a bucket.
query_p95_ms() {
    clinic_get /metrics | awk -v class="class=\"$1\"" '
        index($0, "db_query_duration_seconds_bucket{") == 1 && index($0, class) {
            match($0, /le="[^"]*"/)
            bound[++n] = substr($0, RSTART + 4, RLENGTH - 5)
            count[n] = $NF
        }
        END {
            if (!n || !count[n]) { print "none"; exit }
            rank = 0.95 * count[n]
            for (i = 1; i <= n && count[i] < rank; i++);
            low = i > 1 ? bound[i - 1] : 0
            below = i > 1 ? count[i - 1] : 0
            high = bound[i] == "+Inf" ? low : bound[i]
            printf "%.3f", 1000 * (low + (high - low) * (rank - below) / (count[i] - below))
        }'
}
