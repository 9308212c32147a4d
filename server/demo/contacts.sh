#!/bin/bash
# THE DEMONSTRATION DIRECTORY: contacts.csv, imported as the operator does, invented and marked as such; then Chile's
# nominating authority confirms one of its own. Called by server/quickstart.sh; by hand: . build/demo/env &&
# server/demo/contacts.sh BINARY. It may be run again: what is there is left alone.
set -euo pipefail
binary=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# call METHOD PATH [HEADER...]: the answer to Chile's nominating authority, who is Chile's nominator here.
call() {
    local method=$1 path=$2 field fields=()
    shift 2
    for field in "$@"; do
        fields+=(-H "$field")
    done
    curl -sS --fail-with-body --cacert "$CBMX_CA" -X "$method" -H @- "${fields[@]}" "$CBMX_URL$path" <<<"Authorization: Bearer $CBMX_TOKEN_CL_NOMINATOR" || {
        echo "contacts.sh: $method $path was refused: see above" >&2
        exit 1
    }
}

if ! answer=$("$binary" import contacts "$here/contacts.csv"); then
    echo "contacts.sh: contacts.csv was refused: $answer" >&2
    exit 1
fi
contact=$(call GET "/v1/contacts?state=CL&category=foreign_affairs" | jq -c '.items[0]')
if [[ $(jq -r .meta.state_position <<<"$contact") == unanswered ]]; then
    id=$(jq -r .id <<<"$contact")
    call POST "/v1/contacts/$id/confirm" "Idempotency-Key: demonstration-confirm-$id" "If-Match: \"$(jq -r .meta.version <<<"$contact")-\"" >/dev/null
fi
