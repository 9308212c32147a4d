#!/bin/bash
# What enrol.py does, with nothing but bash, curl 7.76, jq and openssl 3 (and gzip, which knows CRC-32): comes in with an invitation
# to an account, invites somebody else, confirms who came in, and renews a token. enrol.py says more about each.
# Environment: CBMX_URL, CBMX_CA; for `invite`, `reset` and `attest` also CBMX_TOKEN; for `certificate` best CBMX_VERIFIER_KEY.
# usage: enrol.sh invite ACCOUNT token LABEL DAYS SCOPE...    > invitation
#        enrol.sh invite ACCOUNT certificate [LABEL]          > invitation
#        enrol.sh reset ...                                   as invite; and all that the account has now ends
#        enrol.sh token FILE                  < invitation    FILE gets the token
#        enrol.sh certificate CERTIFICATE KEY < invitation
#        enrol.sh attest ENROLMENT [WORD...]  the holder came in himself: he read out these six check words (or on standard input)
#        enrol.sh renew FILE                                  every day, on each machine that has a token of its own
# Exit code: 0 done (renew: or too early), 1 refused (and why), 2 the portal could not be reached: run it again later.
set -euo pipefail
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

refuse() { echo "$*" >&2; exit 1; }

# ask METHOD PATH [curl's options]: sets status; the answer is in $work/answer. Secrets go to curl in files: no list of processes shows them.
ask() {
    status=$(curl -sS ${CBMX_CA:+--cacert "$CBMX_CA"} --retry 10 --retry-all-errors --retry-max-time "${PATIENCE:-900}" --max-time 120 \
        -X "$1" -o "$work/answer" -w '%{http_code}' "${@:3}" "$CBMX_URL$2") || status=000
    [[ $status != 000 && $status != 429 && $status != 50[234] ]] || { echo "not done: the portal could not be reached. Run this again later." >&2; exit 2; }
}
send() { ask POST "$1" -H 'Content-Type: application/json' -d @"$work/body" "${@:2}"; } # what is in $work/body
must_be() { [[ $status == "$1" ]] || refuse "$status $(jq -r '(.errors[] | "\(.pointer): \(.detail) [\(.code)]"), .detail' "$work/answer")"; }
authorised_by() { printf 'Authorization: Bearer %s\n' "$1" > "$work/$2"; }

sha256() { printf %s "$1" | openssl dgst -sha256 -r | cut -d ' ' -f 1; }
new_secret() { openssl rand -base64 96 | tr -dc 0-9A-Za-z | cut -c 1-43; } # 256 random bits
new_token() { # with a checksum, by which a typing error and a leaked token are recognised: CRC-32, in base 62
    local secret sum check='' digits
    secret=$(new_secret)
    digits=$(printf %s {0..9} {A..Z} {a..z})
    sum=$(printf %s "$secret" | gzip | tail -c 8 | od -An -N 4 -tu4 --endian=little)
    for _ in 1 2 3 4 5 6; do
        check=${digits:sum % 62:1}$check sum=$((sum / 62))
    done
    echo "cbmx_$secret$check"
}

# prepared FILE: the token that is to become that of the file, on the disk before anybody hears of it.
prepared() {
    if [[ ! -e $1.next ]]; then
        new_token > "$1.new"
        sync "$1.new"
        mv "$1.new" "$1.next"
        sync "$(dirname "$1")"
    fi
    read_token "$1.next"
}
read_token() { grep -xE 'cbmx_[0-9A-Za-z]{49}' "$1" || refuse "$1 is there, and holds no token"; }
install_next() { mv "$1.next" "$1" && sync "$(dirname "$1")"; }
alone() { exec 9> "$1.lock"; flock -n 9 || { echo "another run has not ended yet ($1.lock)" >&2; exit 2; }; }

read_invitation() {
    local name value code_form='^[0-9A-Za-z_-][0-9A-Za-z_ -]{20,62}[0-9A-Za-z_-]$' # one that came in two halves may stand in groups
    account='' enrolment='' code=''
    while read -r name value; do
        case $name in account | enrolment | code) printf -v "$name" %s "$value" ;; esac
    done
    [[ $account =~ ^[0-9a-f-]{36}$ && $enrolment =~ ^[0-9a-f-]{36}$ && $code =~ $code_form ]] ||
        refuse "an invitation has three lines: account, enrolment, code"
}

# What the holder brings is in $work/proof. The same again gets the same answer.
use_invitation() {
    jq --rawfile code <(printf %s "$code") '. + {$code}' "$work/proof" > "$work/body"
    send "/v1/enrolments/$enrolment/use"
    must_be 201
}

# invite credentials|reset ACCOUNT KIND [LABEL [DAYS SCOPE...]]
invite() {
    local how=$1 label=${4-} code
    shift
    code=$(new_secret)
    jq -n --arg kind "$2" --arg hash "$(sha256 "$code")" --arg name "$label" --argjson days "${4:-90}" '{$kind, code_sha256: $hash}
        + if $name == "" then {} else {label: $name} end
        + if $kind == "token" then {expires_in_days: $days, scopes: $ARGS.positional} else {} end' --args "${@:5}" > "$work/body"
    authorised_by "$CBMX_TOKEN" inviter
    send "/v1/accounts/$1/$how" -H @"$work/inviter" -H "Idempotency-Key: $(sha256 "$code")"
    must_be 201
    printf 'account %s\nenrolment %s\ncode %s\n' "$1" "$(jq -r .id "$work/answer")" "$code"
    jq -r '"to be used once, before \(.content.until)", (.meta | (.attesters | join(", ")) as $who
        | if $who == "" then "No other account can confirm that it was the holder who came in: a note verbale to the secretariat can, with name, function, words"
          else "Who can confirm that it was the holder who came in, by six words that he reads out: \($who)" end,
        "Who can approve what he writes until then: \(.approvers | join(", ") | if . == "" then "nobody" else . end)")' "$work/answer" >&2
}

attest() {
    local words=${*:2}
    words=${words:-$(cat)}
    jq -n --arg words "$words" '{check_words: $words}' > "$work/body"
    authorised_by "$CBMX_TOKEN" witness
    send "/v1/enrolments/$1/attest" -H @"$work/witness" -H "Idempotency-Key: $(sha256 "$1 $words")"
    must_be 200
    jq -r '.content | "confirmed at \(.attested.at): the holder of \(.account) came in himself"' "$work/answer"
}

# say_words PATH: where they stand in the answer, until somebody has confirmed who came in.
say_words() { jq -r "$1.check_words // empty | \"Read these six words to whoever confirms that it was you: \(.)\"" "$work/answer"; }

come_in_with_token() {
    local token
    alone "$1"
    read_invitation
    if [[ -e $1 ]]; then
        token=$(read_token "$1")
    else
        token=$(prepared "$1")
        jq -n --arg hash "$(sha256 "$token")" '{token_sha256: $hash}' > "$work/proof"
        use_invitation
    fi
    authorised_by "$token" holder
    ask GET /v1/me -H @"$work/holder" # the first request, which shows the portal that the token has arrived
    [[ ! -e $1 || $(jq -r .account "$work/answer") == "$account" ]] || refuse "$1 is there already, and is no token of that account: name another file"
    must_be 200
    [[ -e $1 ]] || install_next "$1"
    jq -r '"a token of \(.name), \(.home), until \(.credential.not_after). It is for this machine alone: another one needs another invitation"' "$work/answer"
    say_words .credential
}

come_in_with_certificate() {
    local fingerprint origin expected digest=(-digest sha256)
    read_invitation
    fingerprint=$(openssl x509 -in "$1" -outform DER | sha256sum | cut -d ' ' -f 1)
    openssl x509 -in "$1" > "$work/certificate"
    ask GET /v1/log/checkpoint -H 'Accept: text/plain'
    must_be 200
    origin=$(head -n 1 "$work/answer") expected=${CBMX_VERIFIER_KEY:-$origin}
    [[ ${expected%%+*} == "$origin" ]] || refuse "the portal's log is $origin, and the key that you know is of ${expected%%+*}"
    printf '%s\n' "cbmx enrolment v1" "$origin" "$account" "$fingerprint" "$enrolment" > "$work/text"
    ! openssl pkey -in "$2" -noout -text_pub | grep -q ED25519 || digest=()
    openssl pkeyutl -sign -rawin "${digest[@]}" -inkey "$2" -in "$work/text" | openssl base64 -A > "$work/signature"
    jq -n --rawfile certificate "$work/certificate" --rawfile signature "$work/signature" '{$certificate, $signature}' > "$work/proof"
    use_invitation
    jq -r '"a certificate of the account \(.content.account), until \(.content.not_after)"' "$work/answer"
    say_words .meta
}

renew() {
    local token
    alone "$1"
    token=$(prepared "$1")
    authorised_by "$(read_token "$1")" old
    authorised_by "$token" new
    jq -n --arg hash "$(sha256 "$token")" '{token_sha256: $hash}' > "$work/body"
    send /v1/credentials/renew -H @"$work/old"
    if [[ $status == 409 && $(jq -r '.errors[0].code' "$work/answer") == not_yet_renewable ]]; then
        rm "$1.next"
        jq -r '"too early. \(.errors[0].detail)"' "$work/answer"
        return
    fi
    [[ $status == 401 ]] || must_be 201 # 401: an earlier run came as far as the next line, with which the old token ended
    ask GET /v1/me -H @"$work/new"
    must_be 200
    install_next "$1"
    jq -r '"renewed, until \(.credential.not_after). The old token has ended on every machine that has a copy of it: two machines need two tokens"' "$work/answer"
}

case "${1-} $#" in
    invite\ [3-9] | invite\ 1[0-9]) invite credentials "${@:2}" ;;
    reset\ [3-9] | reset\ 1[0-9]) invite reset "${@:2}" ;;
    attest\ [2-8]) attest "${@:2}" ;;
    token\ 2) come_in_with_token "$2" ;;
    certificate\ 3) come_in_with_certificate "$2" "$3" ;;
    renew\ 2) renew "$2" ;;
    *) refuse "$(sed -n 's/^# \(usage: .*\)/\1/p; s/^# \(       enrol.*\)/\1/p' "$0")" ;;
esac
