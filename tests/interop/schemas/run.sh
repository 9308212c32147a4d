#!/bin/bash
# Compares the portal's JSON Schema validator with ajv over every schema of schema/json. compare.mjs says how.
# usage: tests/interop/schemas/run.sh VERDICTS    VERDICTS: the program of verdicts.cpp (target schema_verdicts)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
verdicts=$(realpath "$1")
contract=$here/../../contract
. "$contract/packages.sh"
exec node "$here/compare.mjs" "$here/../../../schema/json" "$verdicts"
