#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# tools/link-drop-ins links every tool's name, twice if need be, and keeps its hands off what has such a
# name already.
set -eu

tool=$(cd "$(dirname "$0")/../.." && pwd)/tools/link-drop-ins
dir=$(mktemp -d "${TMPDIR:-/tmp}/keneyperf-links.XXXXXX")
trap 'rm -rf "$dir"' EXIT

fail() {
    echo "$*" >&2
    exit 1
}

! "$tool" "$dir" 2>/dev/null || fail 'links to a program that is not there'
cat >"$dir/keneyperf" <<'END'
#!/bin/sh
echo "ours as $(basename "$0")"
END
echo 'the real one' >"$dir/wrk"
ln -s nowhere "$dir/hey"
chmod +x "$dir/keneyperf"
said=$("$tool" "$dir")
for name in ab wrk2 locust; do
    [ "$("$dir/$name")" = "ours as $name" ] || fail "$name does not lead to keneyperf"
done
[ "$(cat "$dir/wrk")" = 'the real one' ] || fail 'another program was replaced'
[ "$(readlink "$dir/hey")" = nowhere ] || fail 'another link was replaced'
[[ $said == *"$dir/wrk: kept"* && $said == *"$dir/hey: kept"* ]] || fail "does not say what it kept: $said"
[[ $("$tool" "$dir") == *"$dir/ab: there already"* ]] || fail 'a second time fails'
