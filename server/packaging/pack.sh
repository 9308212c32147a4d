#!/bin/bash
# Makes the Debian package of a build. The same source gives the same bytes, wherever and whenever it is built and by whomever: nothing
# in the program tells a path or a time, and every date in the package is the version's. Whoever doubts a package makes it again
# and compares (tests/packaging/two_builds.sh does). What the package holds: package.cmake.
# usage: server/packaging/pack.sh BUILD DIRECTORY    BUILD: build/release, with a built cbmx; DIRECTORY: where the package goes
set -euo pipefail
[[ $# -eq 2 ]] || { sed -n 's/^# usage: /usage: /p' "$0" >&2; exit 2; }
readonly version_date=2026-11-30  # of the version in CMakeLists.txt: the two change together
export SOURCE_DATE_EPOCH LC_ALL=C TZ=UTC
SOURCE_DATE_EPOCH=$(date -u -d "$version_date" +%s)
umask 022
cpack -G DEB --config "$1/CPackConfig.cmake" -B "$2"
