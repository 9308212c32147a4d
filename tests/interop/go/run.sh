#!/bin/bash
# Verifies the log of a demonstration, and statements signed with a State's key, with Go's golang.org/x/mod/sumdb/note and tlog and its crypto.
# main.go says what is checked.
# usage: tests/interop/go/run.sh [BINARY]    needs Debian's golang-go and golang-golang-x-mod-dev
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../support/demonstration.sh"
export GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS=  # Debian's packages of Go, and no network
export GOCACHE=${GOCACHE:-${XDG_CACHE_HOME:-${HOME:-$work}/.cache}/go-build}

cd "$root/tests/interop/go"
unformatted=$(gofmt -l .)
[[ -z $unformatted ]] || { echo "gofmt would change: $unformatted"; exit 1; }
go vet .
go test .
go build -o "$work/verify_log" .
start_demonstration
# Two nominators register a State's first key; the demonstration has one.
second=$("$binary" account create --home state:CL --name "Demonstration: second nominator" --role nominator | jq -r .id)
CBMX_TOKEN_CL_SECOND_NOMINATOR=$("$binary" credential token --account "$second" --label demonstration --days 1 | jq -r .token)
export CBMX_TOKEN_CL_SECOND_NOMINATOR
"$work/verify_log"
