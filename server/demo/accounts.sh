#!/bin/bash
# THE TABLE OF DEMONSTRATION ACCOUNTS, and making them with the operator's commands. Called by server/quickstart.sh.
# usage: accounts.sh DIR BINARY    DIR/credentials gets each account's token and certificate; what is there is kept
set -euo pipefail
umask 077
demo=$1 binary=$2
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readonly token_days=365
credentials=$demo/credentials
touch "$credentials"

accounts() {
    local state role
    for state in CL PE BR CA; do
        for role in nominator drafter approver contact; do
            echo "${state}_${role^^} state:$state $role"
        done
        # Second persons, who confirm what the first propose.
        echo "${state}_SECOND_APPROVER state:$state approver"
        echo "${state}_SECOND_NOMINATOR state:$state nominator"
    done
    echo "WG_REVIEWER office:reviewers reviewer"
    echo "WG_CHAIR office:chair chair"
    echo "WG_VICE_CHAIR office:vice_chair chair"
    echo "SECRETARIAT office:secretariat secretariat"
    echo "AUDITOR office:audit auditor"
}

# operator ARGUMENT...: the answer, or what the portal found wrong with the command.
operator() {
    local answer
    if ! answer=$("$binary" "$@"); then
        echo "accounts.sh: cbmx $1 $2 was refused: $(jq -r '.detail // .' <<<"$answer")" >&2
        return 1
    fi
    echo "$answer"
}

# The secretariat's account and token are those that init made; all others are made here.
make_account() {
    local name=$1 home=$2 role=$3 file id token title="Demonstration: $3" duty=${1#*_}
    duty=${duty//_/ }
    [[ $home != state:* ]] || title="Demonstration: ${duty,,} of ${home#state:}"
    if [[ $name == SECRETARIAT ]]; then
        id=$(jq -r .account "$CBMX_DATA/first-account.json")
        token=$(jq -r .token "$CBMX_DATA/first-account.json")
    else
        id=$(operator account create --home "$home" --name "$title" --role "$role" | jq -r .id)
        token=$(operator credential token --account "$id" --label demonstration --days "$token_days" | jq -r .token)
    fi
    file=${name,,}
    file=$demo/certs/${file//_/-}
    bash "$root/certs/make-dev-certs.sh" client "$demo/certs" "$(basename "$file")"
    operator credential certificate --account "$id" --label demonstration --file "$file.crt" >/dev/null
    printf 'export CBMX_TOKEN_%s=%q CBMX_CERT_%s=%q CBMX_KEY_%s=%q\n' "$name" "$token" "$name" "$file.crt" "$name" "$file.key" >> "$credentials"
}

while read -r name home role; do
    grep -q "^export CBMX_TOKEN_$name=" "$credentials" || make_account "$name" "$home" "$role"
done < <(accounts)
