#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ShellCheck on every shell script of the tree, told by its first line. Skipped, with status 77, where
# it is not installed.
set -eu

cd "$(dirname "$0")/../.."
command -v shellcheck >/dev/null || exit 77
find .ci tools tests bench -type f -print0 | xargs -0 grep -lE '^#!/bin/(ba)?sh' | xargs shellcheck
