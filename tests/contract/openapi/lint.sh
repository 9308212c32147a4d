#!/bin/sh
# Lints schema/openapi.json with two linters and validates every example in it and in schema/json with ajv.
# Fails on any error or warning; what is not asked for is switched off, with its reason, in redocly.yaml and spectral.yaml.
# Usage: tests/contract/openapi/lint.sh [description.json]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
description=${1:-$root/schema/openapi.json}
. "$here/../packages.sh"
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true

# redocly has no switch that turns warnings into failures: its report is read instead.
npx --no-install redocly lint --config openapi/redocly.yaml --format json "$description" > "${TMPDIR:-/tmp}/redocly.$$.json" || true
node openapi/no_findings.mjs "${TMPDIR:-/tmp}/redocly.$$.json" || { rm -f "${TMPDIR:-/tmp}/redocly.$$.json"; exit 1; }
rm -f "${TMPDIR:-/tmp}/redocly.$$.json"
npx --no-install spectral lint --ruleset openapi/spectral.yaml --fail-severity hint "$description"
node openapi/examples.mjs "$description" "$root/schema/json"
