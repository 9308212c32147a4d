#!/bin/bash
# What the directory costs, measured on the release build: a table, and build/bench/directory.json. Installs nothing. It is no
# test: it ends with 0 whatever the figures are, and otherwise only when it could not be built or run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

[[ -f build/release/build.ninja ]] || cmake --preset release -DCBMX_TESTS=ON
cmake --build build/release --target directory_bench
mkdir -p build/bench
build/release/tests/directory_bench build/bench/directory.json
echo "The same in JSON: build/bench/directory.json"
