#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# tools/run-tests counts Meson's results and ends with the line that CI reads. A stand-in for meson
# writes the logs.
set -eu

tool=$(cd "$(dirname "$0")/../.." && pwd)/tools/run-tests
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir/bin" "$dir/build/meson-logs"
cat >"$dir/bin/meson" <<'END'
#!/bin/bash
[ "$RESULTS" = none ] && exit 1
for result in $RESULTS; do
    printf '{"name": "t", "stdout": "\\"result\\": \\"FAIL\\"", "result": "%s"}\n' "$result"
done >"$BUILD/meson-logs/testlog.json"
case " $RESULTS " in *" FAIL "* | *" TIMEOUT "*) exit 1 ;; esac
END
chmod +x "$dir/bin/meson"

# expect STATUS LINE RESULT...
expect() {
    local status=0 want=$1 line=$2 said
    shift 2
    said=$(PATH="$dir/bin:$PATH" RESULTS="$*" BUILD="$dir/build" "$tool" "$dir/build" 2>/dev/null) || status=$?
    [ "$status $said" = "$want $line" ] || {
        echo "$*: expected '$want $line', got '$status $said'"
        exit 1
    }
}

expect 0 '2 passed, 0 failed' OK OK
expect 0 '2 passed, 0 failed, 1 skipped' OK SKIP EXPECTEDFAIL
expect 1 '1 passed, 2 failed' OK FAIL TIMEOUT
expect 1 '0 passed, 0 failed, 1 skipped' SKIP
expect 1 '' none
