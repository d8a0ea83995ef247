# SPDX-License-Identifier: Apache-2.0
# The front door. Each target does its own set-up; Meson and ninja do the work ("make help").
FUZZ_SECONDS ?= 60
PREFIX ?= /usr/local
export FUZZ_SECONDS

help:
	@sed -n 's/^## //p' Makefile

## make demo      start KeneyApp with synthetic patients, run examples/clinic.js on it, show the verdict
demo: build
	@tools/demo

## make build     leave the programs at build/keneyperf and build/keneyapp
build:
	@tools/setup build
	@tools/configure build
	@ninja -C build

## make test      build, run every test
test:
	@tools/setup test
	@tools/configure build -Dtests=enabled
	@ninja -C build
	@tools/run-tests build

## make truth     reported percentiles against an origin whose latencies are known
truth: bench-ready
	@bench/truth

## make bench     cost beside the peers, row by row; writes docs/benchmarks.md
bench: bench-ready
	@bench/bench; status=$$?; bench/matrix && exit $$status

## make bench-optimisations
##                what each of the handbook's measures is worth in KeneyApp, with figures
bench-optimisations: bench-ready
	@bench/optimisations

bench-ready:
	@tools/setup bench
	@tools/configure build -Dtests=enabled
	@ninja -C build

## make asan      every test under the address and undefined-behaviour sanitizers
asan:
	@tools/setup test
	@tools/configure build-asan -Dtests=enabled -Dwerror=false -Db_sanitize=address,undefined -Db_lundef=false
	@ninja -C build-asan
	@tools/run-tests build-asan --timeout-multiplier 4

## make tsan      unit tests and the scenarios of suite tsan under the thread sanitizer
tsan:
	@tools/setup test
	@tools/configure build-tsan -Dtests=enabled -Dwerror=false -Db_sanitize=thread -Db_lundef=false
	@ninja -C build-tsan
	@setarch -R tools/run-tests build-tsan --timeout-multiplier 8 --suite unit --suite tsan

## make fuzz      each fuzzer for FUZZ_SECONDS (60)
fuzz:
	@tools/setup fuzz
	@CC=clang tools/configure build-fuzz -Dtests=enabled -Dfuzz=true -Dwerror=false -Db_sanitize=address,undefined -Db_lundef=false
	@ninja -C build-fuzz
	@tools/run-fuzzers build-fuzz

## make tidy      what clang-tidy has to say about the sources
tidy: build
	@tools/setup tidy
	@tools/tidy

## make install   programs and man pages under PREFIX (/usr/local), staged in DESTDIR when set;
##                DROP_INS=1 links ab, wrk, wrk2, hey and locust to keneyperf, never over what is there
install: build
	@meson configure build -Dprefix=$(PREFIX)
	@meson install -C build
	@[ "$(DROP_INS)" != 1 ] || tools/link-drop-ins "$(DESTDIR)$(PREFIX)/bin"

## make clean     remove what was built, except build/deps
clean:
	@rm -rf build-asan build-tsan build-fuzz
	@[ ! -d build ] || find build -mindepth 1 -maxdepth 1 ! -name deps -exec rm -rf {} +

.PHONY: help demo build test truth bench bench-optimisations bench-ready asan tsan fuzz tidy install clean
