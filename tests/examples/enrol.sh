#!/bin/bash
# enrol.py and enrol.sh of client-examples/ against a real portal: invited, come in, confirmed, reset, renewed; killed at random moments,
# over a line that breaks, with answers lost where that matters most, and with the portal's clock set forward. What they leave on the
# disk works.
# usage: tests/examples/enrol.sh [BINARY]    a built cbmx; build/release/cbmx unless given
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib.sh"
. "$here/serving.sh"
start_demonstration
quickstart --stop
line short_line 500 9000 3
serve
ready

unset CBMX_TOKEN
py=(python3 "$examples/enrol.py") sh=(bash "$examples/enrol.sh")
# choose PROGRAM: py or sh; sets enrol, and impatient, which soon gives up.
choose() {
    program=$1
    case $program in
        py) enrol=("${py[@]}") impatient=("${enrol[@]}" --patience 0) ;;
        sh) enrol=("${sh[@]}") impatient=(env PATIENCE=1 "${enrol[@]}") ;;
    esac
}
post_as() { curl -sS --fail-with-body --cacert "$CBMX_CA" ${1:+-H "Authorization: Bearer $1"} -H 'Content-Type: application/json' -d @- "$CBMX_URL$2"; }
# invite NAME DAYS: the invitation to a token of this account is then in $work/NAME; invite_certificate NAME: to a certificate;
# reset NAME DAYS: as invite, after all that the account had.
as_nominator() { CBMX_TOKEN=$CBMX_TOKEN_CL_NOMINATOR "${enrol[@]}" "$@"; }
confirm() { CBMX_TOKEN=$CBMX_TOKEN_CL_DRAFTER "${enrol[@]}" attest "$@"; }
invite() {
    case $program in
        py) as_nominator invite token --label "$1" --scope read --scope draft --days "$2" "$account" ;;
        sh) as_nominator invite "$account" token "$1" "$2" read draft ;;
    esac > "$work/$1"
}
reset() {
    case $program in
        py) as_nominator invite --reset token --label "$1" --scope read --scope draft --days "$2" "$account" ;;
        sh) as_nominator reset "$account" token "$1" "$2" read draft ;;
    esac > "$work/$1"
}
invite_certificate() {
    case $program in
        py) as_nominator invite certificate --label "$1" "$account" ;;
        sh) as_nominator invite "$account" certificate "$1" ;;
    esac > "$work/$1"
}
of_lost() { account=$lost "$@"; }
of() { sed -n "s/^$2 //p" "$work/$1"; }
enrolment() { get_as "$CBMX_TOKEN_CL_NOMINATOR" "/v1/enrolments/$(of "$1" enrolment)"; }
credentials_named() { get_as "$CBMX_TOKEN_CL_NOMINATOR" "/v1/accounts/$account/credentials?limit=100" | jq -c --arg name "$1" '[.items[] | select(.content.label == $name).content]'; }
works() { is "$(get_as "$(cat "$1")" /v1/me | jq -c '[.account, .scopes]')" "[\"$account\",[\"read\",\"draft\"]]"; }
ended() { is "$(curl -sS -o /dev/null -w '%{http_code}' --cacert "$CBMX_CA" -H "Authorization: Bearer $1" "$CBMX_URL/v1/me")" 401; }
hash_of() { printf %s "$1" | sha256sum | cut -d ' ' -f 1; }
# clean FILE: nothing half written beside it, and for its owner alone.
clean() { is "$(find "$(dirname "$1")" -name "$(basename "$1")*" ! -name '*.lock' -printf '%f %m\n')" "$(basename "$1") 600"; }
said_words() { sed -n 's/^Read these six words to whoever confirms that it was you: //p' "$work/said"; }  # by what was checked last
new_account() { post_as "$CBMX_TOKEN_CL_NOMINATOR" /v1/accounts <<< "{\"name\": \"Demonstration: $1\", \"roles\": [\"drafter\"]}" | jq -r .id; }
not_in_log() { ! grep -rqF -e "$1" "$work/server.log" "$CBMX_DATA" "$CBMX_OUTSIDE"; }

account=$(new_account enrolled)
drafter=$(get_as "$CBMX_TOKEN_CL_DRAFTER" /v1/me | jq -r .account)

# TOKENS
for one in py sh; do
    choose "$one"
    file=$work/$program.token
    check "$program: invites to a token" invite "$program-token" 30
    check "$program: and says who can confirm that its holder came in" grep -q "Who can confirm .*: .*$drafter" "$work/said"
    check "$program: in three lines" is "$(sed 's/ .*//' "$work/$program-token" | paste -sd ' ')" "account enrolment code"
    check "$program: the portal knows of it" is "$(enrolment "$program-token" | jq -c '.content | [.kind, .status, .label, .scopes, .expires_in_days]')" \
        "[\"token\",\"open\",\"$program-token\",[\"draft\",\"read\"],30]"
    check "$program: and has not the code" not_in_log "$(of "$program-token" code)"
    sed 's/^code ./code #/' "$work/$program-token" > "$work/torn"
    check "$program: what is no invitation is refused" refuses "three lines" "${enrol[@]}" token "$file" < "$work/torn"
    sed 's/^code ..../code 0000/' "$work/$program-token" > "$work/wrong"
    check "$program: a wrong code is refused" refuses "[wrong_code]" "${enrol[@]}" token "$file" < "$work/wrong"
    check "$program: nothing came of it" is "$(credentials_named "$program-token" | jq length)" 0
    check "$program: the holder comes in" measured "${enrol[@]}" token "$file" < "$work/$program-token"
    words=$(said_words)
    check "$program: and reads six words" is "$(wc -w <<< "$words")" 6
    check "$program: the token works" works "$file"
    check "$program: it has the right form" grep -qE '^cbmx_[0-9A-Za-z]{49}$' "$file"
    check "$program: it is its owner's alone, and nothing is left beside it" clean "$file"
    check "$program: the portal never had it" not_in_log "$(cat "$file")"
    check "$program: one credential came of it, proven" is "$(credentials_named "$program-token" | jq -c 'map(.status)')" '["active"]'
    invited=$(of "$program-token" enrolment)
    check "$program: other words confirm nothing" refuses "[wrong_words]" confirm "$invited" kamito rasefo linota nerika sotima lefaro
    # shellcheck disable=SC2086 # words
    check "$program: nor does whoever invited him" refuses "[own_hands]" as_nominator attest "$invited" $words
    check "$program: somebody else confirms that he came in" confirm "$invited" <<< "${words^}"
    check "$program: the portal says who did" is "$(enrolment "$program-token" | jq -r .content.attested.by)" "$drafter"
    check "$program: run again, it has no words to read" "${enrol[@]}" token "$file" < "$work/$program-token"
    check "$program: and says so" is "$(said_words)" ""
    check "$program: a used invitation is refused elsewhere" refuses "[enrolment_ended]" "${enrol[@]}" token "$work/$program.other" < "$work/$program-token"

    # The answer is lost: the token that was prepared had been accepted.
    invite "$program-lost" 30
    file=$work/$program.lost
    cp "$work/$program.other.next" "$file.next"
    check "$program: an answer is lost" post_as "" "/v1/enrolments/$(of "$program-lost" enrolment)/use" \
        <<< "{\"code\": \"$(of "$program-lost" code)\", \"token_sha256\": \"$(hash_of "$(cat "$file.next")")\"}"
    check "$program: the token is unproven" is "$(credentials_named "$program-lost" | jq -c 'map(.status)')" '["unproven"]'
    check "$program: run again, it comes in" "${enrol[@]}" token "$file" < "$work/$program-lost"
    check "$program: with that one" is "$(credentials_named "$program-lost" | jq -c 'map(.status)')" '["active"]'
    check "$program: which works" works "$file"
    for round in 1 2; do
        invite "$program-kill-$round" 30
        file=$work/$program.kill-$round
        for _ in 1 2 3 4; do
            killed "${enrol[@]}" token "$file" < "$work/$program-kill-$round"
        done
        check "$program: killed four times and run again (round $round)" "${enrol[@]}" token "$file" < "$work/$program-kill-$round"
        check "$program: the token works (round $round)" works "$file"
        check "$program: there is one (round $round)" is "$(credentials_named "$program-kill-$round" | jq -c 'map(.status)')" '["active"]'
    done
    lost=$(new_account "$program lost all")
    of_lost invite "$program-held" 30
    "${enrol[@]}" token "$work/$program.held" < "$work/$program-held" > "$work/said"
    check "$program: an account is reset" of_lost reset "$program-reset" 30
    check "$program: what it had has ended" ended "$(cat "$work/$program.held")"
    check "$program: its holder comes in again" "${enrol[@]}" token "$work/$program.reset" < "$work/$program-reset"
    check "$program: with words to read" is "$(said_words | wc -w)" 6
    check "$program: and the token works" of_lost works "$work/$program.reset"
    invite "$program-taken" 30
    post_as "$CBMX_TOKEN_CL_NOMINATOR" "/v1/enrolments/$(of "$program-taken" enrolment)/end" < /dev/null > /dev/null
    check "$program: an invitation that was taken back is refused" refuses "[enrolment_ended]" "${enrol[@]}" token "$work/$program.taken" < "$work/$program-taken"
    rm "$work/$program.taken.next"
    check "$program: a portal that is not there is no refusal" ends_with 2 "Run this again later" env CBMX_URL=https://localhost:1 "${impatient[@]}" token "$work/$program.none" < "$work/$program-taken"
    check "$program: the token is on the disk before the portal hears of it" grep -qE '^cbmx_[0-9A-Za-z]{49}$' "$work/$program.none.next"
done
invite cut 30
check "it outlives a line that breaks" env CBMX_URL="$short_line" "${py[@]}" token "$work/cut.token" < "$work/cut"
check "and the token works" works "$work/cut.token"
echo "$CBMX_TOKEN_CL_DRAFTER" > "$work/drafter"
check "a file that is there is not overwritten" refuses "is there, and holds no token" "${py[@]}" token "$CBMX_DATA/first-account.json" < "$work/cut"
check "nor is another account's token" refuses "is no token of that account" "${py[@]}" token "$work/drafter" < "$work/cut"
check "in the language asked for" refuses "Esta invitación" "${py[@]}" --language es token "$work/none" < "$work/py-token"

# CERTIFICATES
# new_certificate NAME [OPTIONS OF genpkey]: of the demonstration's authority.
new_certificate() {
    openssl genpkey "${@:2}" -out "$work/$1.key" 2>/dev/null
    openssl req -new -key "$work/$1.key" -subj "/CN=$1" -out "$work/$1.csr"
    openssl x509 -req -in "$work/$1.csr" -out "$work/$1.crt" -days 90 -extfile <(echo "extendedKeyUsage = clientAuth") \
        -CA "$CBMX_CA" -CAkey "${CBMX_CA%.crt}.key" -CAcreateserial -CAserial "$work/serial" 2>/dev/null
}
signs_in() { is "$(curl -sS --cacert "$CBMX_CA" --cert "$work/$1.crt" --key "$work/$1.key" "$CBMX_MTLS_URL/v1/me" | jq -r .account)" "$account"; }
number=0
for one in py sh; do
    choose "$one"
    for key in "EC -pkeyopt ec_paramgen_curve:P-256" "EC -pkeyopt ec_paramgen_curve:P-384" "RSA -pkeyopt rsa_keygen_bits:2048" ED25519; do
        name=$program-$((number += 1))
        # shellcheck disable=SC2086 # words of openssl
        new_certificate "$name" -algorithm $key
        invite_certificate "$name"
        check "$program: comes in with a certificate (${key##* })" "${enrol[@]}" certificate "$work/$name.crt" "$work/$name.key" < "$work/$name"
        check "$program: and has six words to read" is "$(said_words | wc -w)" 6
        check "$program: which signs in" signs_in "$name"
        check "$program: the same again gets the same answer" "${enrol[@]}" certificate "$work/$name.crt" "$work/$name.key" < "$work/$name"
    done
    invite_certificate "$program-second"
    check "$program: a certificate that is somebody's already is refused" refuses "[already_exists]" "${enrol[@]}" certificate "$work/$name.crt" "$work/$name.key" < "$work/$program-second"
    new_certificate "$program-stolen" -algorithm ED25519
    invite_certificate "$program-stolen"
    check "$program: a certificate without its key is refused" refuses "[no_possession]" "${enrol[@]}" certificate "$work/$program-stolen.crt" "$work/$name.key" < "$work/$program-stolen"
    check "$program: under another log's name nothing is signed" refuses "the key that you know is of elsewhere.example" \
        env CBMX_VERIFIER_KEY=elsewhere.example+00000000+AAAA "${enrol[@]}" certificate "$work/$program-stolen.crt" "$work/$program-stolen.key" < "$work/$program-stolen"
done
for key in "EC -pkeyopt ec_paramgen_curve:P-256" "RSA -pkeyopt rsa_keygen_bits:2048" ED25519; do
    name=request-$((number += 1))
    # shellcheck disable=SC2086 # words of openssl
    new_certificate "$name" -algorithm $key
    invite_certificate "$name"
    check "comes in with a certification request (${key##* })" "${py[@]}" certificate --request "$work/$name.crt" "$work/$name.key" < "$work/$name"
    check "and signs in" signs_in "$name"
done

# A token that works only together with a certificate, at the listener for certificates.
new_secret=$(openssl rand -hex 16)
fingerprint=$(openssl x509 -in "$work/$name.crt" -outform DER | sha256sum | cut -d ' ' -f 1)
post_as "$CBMX_TOKEN_CL_NOMINATOR" "/v1/accounts/$account/credentials" > "$work/bound.json" \
    <<< "{\"kind\": \"token\", \"code_sha256\": \"$(hash_of "$new_secret")\", \"label\": \"bound\", \"scopes\": [\"read\"], \"bound_to_certificate\": \"$fingerprint\"}"
printf '%s\n' "account $account" "enrolment $(jq -r .id "$work/bound.json")" "code $new_secret" > "$work/bound"
check "a bound token without its certificate is refused" refuses 401 "${py[@]}" token "$work/bound.token" < "$work/bound"
check "and comes in with it" env CBMX_URL="$CBMX_MTLS_URL" CBMX_CERT="$work/$name.crt" CBMX_KEY="$work/$name.key" "${py[@]}" token "$work/bound.token" < "$work/bound"

# RENEWAL
for one in py sh; do
    choose "$one"
    cp "$work/$program.token" "$work/before"
    check "$program: too early it does nothing" "${enrol[@]}" renew "$work/$program.token"
    check "$program: and says so" grep -q "too early" "$work/said"
    check "$program: the token is the same" cmp "$work/before" "$work/$program.token"
    check "$program: and nothing is left" clean "$work/$program.token"
done
for name in lost twice year; do
    invite "renew-$name" 30
    "${py[@]}" token "$work/renew-$name.token" < "$work/renew-$name" > /dev/null
done
invite whole-year 365
"${py[@]}" token "$work/whole-year.token" < "$work/whole-year" > /dev/null
later +25d
for one in py sh; do
    choose "$one"
    old=$(cat "$work/$program.token")
    check "$program: in the last third it renews" measured "${enrol[@]}" renew "$work/$program.token"
    check "$program: and says what it means" grep -q "two machines need two tokens" "$work/said"
    check "$program: the new one works" works "$work/$program.token"
    check "$program: the old one has ended" ended "$old"
    check "$program: nothing is left" clean "$work/$program.token"
    check "$program: the portal never had it" not_in_log "$(cat "$work/$program.token")"
    check "$program: a second run is too early" "${enrol[@]}" renew "$work/$program.token"
    check "$program: and does nothing" works "$work/$program.token"
done

# renewal_by FILE HASH: asked for by somebody else, or by a run whose answer was lost.
renewal_by() { post_as "$(cat "$1")" /v1/credentials/renew <<< "{\"token_sha256\": \"$2\"}"; }
file=$work/renew-lost.token
cp "$work/sh.other.next" "$file.next"
next=$(cat "$file.next")
check "the answer to a renewal is lost" renewal_by "$file" "$(hash_of "$next")"
check "the old token still works" works "$file"
check "run again, it is renewed" "${py[@]}" renew "$file"
check "with that token" is "$(cat "$file")" "$next"
check "which works" works "$file"
file=$work/py.lost
cp "$work/py.none.next" "$file.next"
next=$(cat "$file.next")
renewed_and_used() { renewal_by "$1" "$(hash_of "$2")" && get_as "$2" /v1/me; }
check "a run ends between the first request with the new token and its place on the disk" renewed_and_used "$file" "$next"
check "the old token has ended" ended "$(cat "$file")"
check "run again, that is put right" "${sh[@]}" renew "$file"
check "and works" works "$file"
for one in py sh; do
    choose "$one"
    file=$work/$program.kill-1
    for _ in 1 2 3 4; do
        killed "${enrol[@]}" renew "$file"
    done
    check "$program: killed four times and run again, it is renewed" "${enrol[@]}" renew "$file"
    check "$program: and works" works "$file"
done
file=$work/renew-twice.token
check "somebody else renews a copy of a token" renewal_by "$file" "$(hash_of cbmx_stolen)"
check "its holder is told" refuses "[renewed_twice]" "${py[@]}" renew "$file"
check "and both have ended" ended "$(cat "$file")"
check "as their State sees" is "$(credentials_named renew-twice | jq -c 'map(.status)')" '["revoked","revoked"]'
check "it outlives a line that breaks" env CBMX_URL="$short_line" "${py[@]}" renew "$work/py.kill-2"
check "and is renewed" works "$work/py.kill-2"

# A year in a chain.
later +250d
check "after a year in all a token does not renew itself" refuses "[chain_ended]" "${py[@]}" renew "$work/whole-year.token"
check "it works until then" works "$work/whole-year.token"
check "an expired token is refused" refuses 401 "${sh[@]}" renew "$work/renew-year.token"

kill -TERM "$portal"
wait "$portal" || true
check "what it left verifies" "$binary" verify
conclude
