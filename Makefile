# SPDX-License-Identifier: Apache-2.0
build:
	@test -d build || meson setup build
	@ninja -C build

test: build
	@meson test -C build

.PHONY: build test
