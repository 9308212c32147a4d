#!/bin/bash
# The contract runner against a demonstration of its own: every operation of /openapi.json, good and bad input. See runner.mjs.
# usage: tests/interop/contract/run.sh [BINARY]    SEED=n begins elsewhere
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../demonstration.sh"
contract=$root/tests/contract
(. "$contract/packages.sh")
start_demonstration
. "$root/tests/interop/contract/prepare.sh"
node "$root/tests/interop/contract/runner.mjs"
