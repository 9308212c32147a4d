#!/bin/bash
# The contract runner against a demonstration of its own: every operation of /openapi.json, good and bad input. See runner.mjs.
# usage: tests/interop/contract/run.sh [BINARY]    SEED=n begins elsewhere
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../support/demonstration.sh"
contract=$root/tests/contract
(. "$contract/packages.sh")
export CBMX_FAILED_CREDENTIALS_PER_MINUTE=1000000 # it guesses tokens all the time

# Founded 25 days ago, with tokens of 30 days: a token can be renewed in the last third of its life.
long_ago() { LD_PRELOAD=$(echo /usr/lib/*/faketime/libfaketime.so.1) FAKETIME=-25d FAKETIME_DONT_FAKE_MONOTONIC=1 "$@"; }
old_token() { "$binary" credential token --account "$1" --label "made long ago" --days 30 | jq -r .token; }
long_ago start_demonstration
drafter=$(curl -fsS --cacert "$CBMX_CA" -H "Authorization: Bearer $CBMX_TOKEN_CL_DRAFTER" "$CBMX_URL/v1/me" | jq -r .account)
CBMX_INTEROP_OLD_TOKENS=$(for _ in {1..30}; do old_token "$drafter"; done | paste -sd ' ')
export CBMX_INTEROP_OLD_TOKENS
quickstart --stop
start_demonstration
. "$root/tests/interop/contract/prepare.sh"
node "$root/tests/interop/contract/runner.mjs"
