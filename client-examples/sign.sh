#!/bin/bash
# Signs one word of a State with the State's own key, and says it: asks the portal in a dry run what there is to sign, checks that
# the bytes say what is shown, shows it, signs them with openssl, and makes the call. What a signature is worth: /docs/statements.
# The key never leaves its file or its token, and the portal cannot change what was shown: it would be found out here, before it is signed.
# usage: sign.sh [--yes] [--if-match TAG] KEY METHOD PATH [BODY]    > answer.json
#   KEY            a file with the private key in PEM, or a token's key: 'pkcs11:token=...;object=...' (RFC 7512; asks for the PIN unless
#                  the URI has pin-source=...). CBMX_PKCS11_MODULE names the token's library, where p11-kit does not know it
#   METHOD PATH    the call, such as POST /v1/reports/ID/publish
#   BODY           a file with its JSON; without one it is empty
#   --if-match TAG what you have read, for the steps that ask for it
#   --yes          signs without asking, after showing it all the same
# Environment: CBMX_URL, CBMX_CA, CBMX_TOKEN; best also CBMX_VERIFIER_KEY, so that nothing is signed for another log.
# The answer with its receipt goes to standard output, everything else to standard error.
# Exit code: 0 said and signed, 1 refused (and why), 2 the portal could not be reached: run it again later.
set -euo pipefail
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

usage() { sed -n 's/^# \(usage: .*\)/\1/p' "$0" >&2; exit 2; }
refuse() { echo "$*" >&2; exit 1; }

yes=false seen=()
while [[ ${1-} == --* ]]; do
    case $1 in
        --yes) yes=true; shift ;;
        --if-match) [[ $# -ge 2 ]] || usage; seen=(-H "If-Match: $2"); shift 2 ;;
        *) usage ;;
    esac
done
[[ $# -eq 3 || $# -eq 4 ]] || usage
key=$1 method=$2 path=$3
printf 'Authorization: Bearer %s\n' "$CBMX_TOKEN" > "$work/authorised"
cat "${4:-/dev/stdin}" > "$work/said" <<< '{}'
jq -e 'type == "object" and (has("statement") | not)' "$work/said" > /dev/null 2>&1 || refuse "$4 is no JSON object, or has a statement already"

# ask PATH [curl's options]: sends $work/body; sets status; the answer is in $work/answer.
ask() {
    local type=application/json
    [[ $method != PATCH ]] || type=application/merge-patch+json
    status=$(curl -sS ${CBMX_CA:+--cacert "$CBMX_CA"} --retry 10 --retry-all-errors --retry-max-time "${PATIENCE:-900}" --max-time 120 -X "$method" \
        -H @"$work/authorised" -H "Content-Type: $type" "${seen[@]}" -d @"$work/body" -o "$work/answer" -w '%{http_code}' "${@:2}" "$CBMX_URL$1") || status=000
    [[ $status != 000 && $status != 429 && $status != 50[234] ]] || { echo "not done: the portal could not be reached. Run this again later." >&2; exit 2; }
}
refusal() { jq -r '(.errors[]? | "\(.pointer): \(.detail) [\(.code)]"), .detail' "$work/answer"; }

# The key, in its file or on its token; openssl's complaints are shown where it fails.
if [[ $key == pkcs11:* ]]; then
    [[ -z ${CBMX_PKCS11_MODULE-} ]] || export PKCS11_MODULE_PATH=$CBMX_PKCS11_MODULE
    public=(-engine pkcs11 -inform engine -in "$key") private=(-engine pkcs11 -keyform engine -inkey "$key")
else
    public=(-in "$key") private=(-inkey "$key")
fi
run() { openssl "$@" 2> "$work/complaint" || refuse "openssl $1: $(cat "$work/complaint")"; }
run pkey "${public[@]}" -pubout -out "$work/public"
fingerprint=$(openssl pkey -pubin -in "$work/public" -outform DER | openssl dgst -sha256 -r | cut -d ' ' -f 1)
digest=(-digest sha256)
[[ $(openssl pkey -pubin -in "$work/public" -noout -text | head -n 1) != ED25519* ]] || digest=()

# 1. What is to be signed. The two salts are made here: whoever has not the opening cannot guess what was hashed.
salt() { openssl rand -base64 32; }
jq -n --arg key "$fingerprint" --arg time "$(date -u +%FT%TZ)" --arg content "$(salt)" --arg recipients "$(salt)" \
    '{$key, $time, content_salt: $content, recipients_salt: $recipients}' > "$work/asked"
rehearse() {
    jq --slurpfile asked "$work/asked" '. + {statement: $asked[0]}' "$work/said" > "$work/body"
    ask "$path$([[ $path == *\?* ]] && echo '&' || echo '?')dry_run=true"
}
rehearse
if [[ $status == 422 ]] && jq -e 'any(.errors[]; .pointer == "/statement/recipients_salt" and .code == "unknown_member")' "$work/answer" > /dev/null; then
    jq 'del(.recipients_salt)' "$work/asked" > "$work/fewer"  # this step has no recipients
    mv "$work/fewer" "$work/asked"
    rehearse
fi
[[ $status == 200 ]] || refuse "$status $(refusal)"
jq -e .statement "$work/answer" > "$work/statement" || refuse "the portal names nothing to sign: this step is no word of a State"
jq -j .text "$work/statement" > "$work/text"

# 2. Do these bytes say what will be shown (rules.md 27j)? Each hash is made again, and there is nothing else in them.
canonical() { jq -cSj "$1" "$2" | sed ':a; s/\(^\|[^\\]\)\(\(\\\\\)*\)\\u007f/\1\2\x7f/; ta'; } # RFC 8785; jq alone escapes DEL
hash_of() { { jq -r ".$1_salt" "$work/asked" | base64 -d; canonical ".$1" "$work/statement"; } | openssl dgst -sha256 -binary | base64; }
tail -n +2 "$work/text" > "$work/members"
jq -e --slurpfile asked "$work/asked" --arg content "$(hash_of content)" --arg recipients "$(hash_of recipients)" --arg log "${CBMX_VERIFIER_KEY%%+*}" \
    '.v == 1 and .key == $asked[0].key and .time == $asked[0].time and .content == $content and ($log == "" or .origin == $log) and
     (if $asked[0].recipients_salt then .recipients == $recipients else (has("recipients") or has("label") | not) end) and
     (keys - ["content", "key", "kind", "label", "origin", "recipients", "subject", "time", "v", "version"] == [])' "$work/members" > /dev/null &&
    { echo cbmx-statement/v1; canonical . "$work/members"; } | cmp -s - "$work/text" ||
    refuse "NOT signed: the bytes to sign do not say what the portal shows beside them. Keep this, and tell the other States: $(cat "$work/answer")"

# 3. Shown to whoever answers for the State.
{
    jq -r '"To be signed with key \(.key), at \(.time), in the log \(.origin):\n\(.kind) of \(.subject.kind) \(.subject.id), version \(.version)\(if .label then ", \(.label)" else "" end)"' "$work/members"
    jq -r 'if .recipients then "for " + (.recipients | join(", ")) else empty end' "$work/statement"
    jq .content "$work/statement"
} >&2
if ! $yes; then
    { : < /dev/tty; } 2> /dev/null || refuse "not signed: there is no terminal to ask at (--yes signs without asking)"
    read -r -p "Sign this? (yes or no) " answer < /dev/tty
    [[ $answer == yes ]] || refuse "not signed, and nothing was said"
fi

# 4. Signed, and said.
run pkeyutl -sign "${private[@]}" -rawin "${digest[@]}" -in "$work/text" -out "$work/signature"
run pkeyutl -verify -pubin -inkey "$work/public" -rawin "${digest[@]}" -in "$work/text" -sigfile "$work/signature" > /dev/null
jq --rawfile text "$work/text" --arg signature "$(base64 -w0 "$work/signature")" --slurpfile asked "$work/asked" \
    '. + {statement: ({$text, $signature, content_salt: $asked[0].content_salt} + ($asked[0] | {recipients_salt} | with_entries(select(.value))))}' "$work/said" > "$work/body"
ask "$path" -H "Idempotency-Key: $(openssl rand -hex 16)"
[[ $status == 2?? ]] || refuse "$status $(refusal)"
echo "said and signed" >&2
cat "$work/answer"
