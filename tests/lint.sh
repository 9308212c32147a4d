#!/bin/bash
# What a change must pass before it is looked at: clang-format changes nothing, no line of C++ is longer than 140 characters (both over
# everything: it takes seconds), and clang-tidy (.clang-tidy) finds nothing in the files that have changed.
# As a hook before each commit: ln -s ../../tests/lint.sh .git/hooks/pre-commit
set -uo pipefail
root=$(cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/.." && pwd)
cd "$root" || exit 2
. server/demo/packages.sh

usage() {
    cat <<'TEXT'
usage: tests/lint.sh                 clang-tidy over what has changed since BASE, committed or not, up to 40 files
       tests/lint.sh --all           clang-tidy over everything: some forty minutes on two cores
       tests/lint.sh FILE...         clang-tidy over these files
       tests/lint.sh --format-only   without clang-tidy
       tests/lint.sh --fix [...]     formats the files first
BASE=commit: where main was left unless given, or the commit before when this is main. As a hook: HEAD.
TEXT
}

all=false fix=false tidy=true given=()
for argument in "$@"; do
    case $argument in
        --all) all=true ;;
        --fix) fix=true ;;
        --format-only) tidy=false ;;
        -h | --help) usage; exit ;;
        -*) usage >&2; exit 2 ;;
        *) given+=("$argument") ;;
    esac
done

readonly most_characters=140 most_files=40 # of those that have changed: clang-tidy takes some 15 s a file
status=0
fault() { say "$*"; status=1; }
sources() {
    { git ls-files --cached --others --exclude-standard '*.cpp' '*.hpp' 2>/dev/null || find client-examples server tests -name '*.?pp'; } |
        while read -r file; do [[ ! -f $file ]] || echo "$file"; done
}

base() {
    if [[ -n ${BASE-} || $(basename "$0") == pre-commit ]]; then
        echo "${BASE:-HEAD}"
    elif [[ $(git rev-parse -q --verify main) == $(git rev-parse HEAD) || -z $(git merge-base main HEAD 2>/dev/null) ]]; then
        git rev-parse -q --verify HEAD~1
    else
        git merge-base main HEAD
    fi
} 2>/dev/null

# A header that has changed is looked at through the source of its name, or else by itself.
to_tidy() {
    local file from
    if [[ ${#given[@]} -gt 0 ]]; then
        printf '%s\n' "${given[@]}"
    elif $all; then
        sources | grep '\.cpp$'
    elif from=$(base); then
        sources | grep -Fxf <(git diff --name-only "$from"; git ls-files --others --exclude-standard) | while read -r file; do
            [[ ! -f ${file%.hpp}.cpp ]] || file=${file%.hpp}.cpp
            echo "$file"
        done | sort -u
    fi
}

install_packages clang-format
mapfile -t files < <(sources)
! $fix || clang-format -i "${files[@]}"
clang-format --dry-run -Werror "${files[@]}" || fault "clang-format would change this: tests/lint.sh --fix does it"
if LC_ALL=C.UTF-8 grep -nE "^.{$((most_characters + 1)),}" "${files[@]}"; then
    fault "these lines are longer than $most_characters characters: break them"
fi
if $tidy; then
    mapfile -t files < <(to_tidy)
    if ! $all && [[ ${#given[@]} -eq 0 && ${#files[@]} -gt $most_files ]]; then
        say "${#files[@]} files have changed: clang-tidy looks at $most_files of them, with --all at everything"
        files=("${files[@]:0:$most_files}")
    fi
    if [[ ${#files[@]} -gt 0 ]]; then
        install_packages "${build_packages[@]}" "${test_packages[@]}"
        # A tree of its own, configured and never built: clang reads neither g++'s precompiled headers nor ccache's options.
        mkdir -p build
        cmake --preset debug -B build/tidy -DCBMX_TESTS=ON -DCCACHE=OFF -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON > build/tidy.log ||
            die "cmake failed: see build/tidy.log"
        printf '%s\0' "${files[@]}" | xargs -0 -P "$(nproc)" -n 1 clang-tidy -quiet -p build/tidy 2> >(grep -vE '^[0-9]+ warnings? generated' >&2) ||
            fault "clang-tidy has found what stands above: mend it, or say why it is right with // NOLINT(check): reason"
        say "clang-tidy has looked at ${#files[@]} files in $SECONDS s"
    fi
fi
[[ $status -ne 0 ]] || say "nothing to mend"
exit "$status"
