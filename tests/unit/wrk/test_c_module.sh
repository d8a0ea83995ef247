#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# test_c_module.sh KENEYPERF MODULE: a wrk script requires a C module and uses it before anything is sent.
set -eu

keneyperf=$1 module=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cat >"$dir/test.lua" <<END
package.cpath = "$(dirname "$(realpath "$module")")/?.so"
assert(require("c_module").twice(21) == 42)
os.exit(0)
END
"$keneyperf" run "$dir/test.lua" http://127.0.0.1:1/
