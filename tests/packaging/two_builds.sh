#!/bin/bash
# Two builds of this source, from nothing, in folders of other names and lengths, without a cache, one after the other: the packages
# must be the same byte for byte. Takes as long as two builds do. What CI looks at instead in each run: run.sh.
# usage: tests/packaging/two_builds.sh
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$root/tests/support/checks.sh"

# build WHERE: the files that are under version control, as they are now.
build() {
    mkdir -p "$1" && (cd "$root" && git ls-files -z | xargs -0 cp --parents -t "$1") &&
        (cd "$1" && export CCACHE_DISABLE=1 && cmake --preset release -DCBMX_TESTS=OFF && cmake --build build/release -j "$(nproc)") &&
        "$1/server/packaging/pack.sh" "$1/build/release" "$1/package"
}
# What differs, where something does.
same_package() {
    cmp "$1"/cbmx_*.deb "$2"/cbmx_*.deb && return
    local each
    for each in "$1" "$2"; do
        dpkg-deb -R "$each"/cbmx_*.deb "$each/unpacked"
        (cd "$each/unpacked" && find . -type f -print0 | sort -z | xargs -0 sha256sum) > "$each/sums"
    done
    diff "$1/sums" "$2/sums"
    return 1
}

check "it is built" build "$work/one"
check "and once more elsewhere" build "$work/a second place with a longer name"
check "the two packages have the same bytes" same_package "$work/one/package" "$work/a second place with a longer name/package"
conclude
