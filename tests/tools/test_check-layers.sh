#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# tools/check-layers accepts the table's includes and names each other one, in a small made-up tree.
set -eu

tool=$(cd "$(dirname "$0")/../.." && pwd)/tools/check-layers
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

# expect accept|refuse FILE INCLUDE
expect() {
    local verdict=accept
    rm -rf "${tree:?}"/*
    mkdir -p "$tree/$(dirname "$2")"
    printf '#include <stdio.h>\n#include "%s"\n' "$3" >"$tree/$2"
    "$tool" "$tree" >"$tree/said" || verdict=refuse
    [ "$verdict" = "$1" ] || {
        echo "$2 including $3: expected $1, got $verdict"
        exit 1
    }
    [ "$verdict" = accept ] || grep -q "^$2:2: " "$tree/said"
}

expect accept src/net/tls.c loop/loop.h
expect accept src/net/tls.c net/socket.h
expect accept src/net/tls.c base/span.h
expect accept src/net/tls.c tls_private.h
expect refuse src/net/tls.c http/url.h
expect refuse src/base/map.c loop/loop.h
expect refuse src/base/map.c ../loop/loop.h
expect accept src/script/k6/module.c script/k6/js.h
expect accept src/script/k6/module.c load/host.h
expect refuse src/script/k6/module.c load/worker.h
expect refuse src/run/run.c cli/command.h
expect refuse src/unheard/of.c base/span.h
expect accept keneyapp/routes/auth.c keneyapp/model/json.h
expect refuse keneyapp/routes/auth.c http/url.h
