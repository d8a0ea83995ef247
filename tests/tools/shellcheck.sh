#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# tests/tools/shellcheck.sh SHELLCHECK: every shell script of the tree, told by its first line.
set -eu

cd "$(dirname "$0")/../.."
find .ci tools tests bench -type f -print0 | xargs -0 grep -lE '^#!/bin/(ba)?sh' | xargs "$1"
