#!/bin/bash
# The contract runner against a demonstration of its own: every operation of /openapi.json, good and bad input. See runner.mjs.
# usage: tests/interop/contract/run.sh [BINARY]    SEED=n begins elsewhere
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../support/demonstration.sh"
contract=$root/tests/contract
(. "$contract/packages.sh")
export CBMX_FAILED_CREDENTIALS_PER_MINUTE=1000000 # it guesses tokens all the time
start_demonstration
. "$root/tests/interop/contract/prepare.sh"
node "$root/tests/interop/contract/runner.mjs"
