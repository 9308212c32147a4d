#!/bin/bash
# Verifies the log of a demonstration with Go's golang.org/x/mod/sumdb/note and tlog. main.go says what is checked.
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
"$work/verify_log"
