# Sourced after portal.sh by scripts in which Chile signs its own words; its keys are made anew and end with the script.

fingerprint() { openssl pkey -pubin -in "$1" -outform DER | sha256sum | cut -d ' ' -f 1; }
# new_key NAME [OPTIONS OF genpkey]: $work/NAME.key and .pub, and in NAME.text what its holder signs to show that he has it.
new_key() {
    openssl genpkey "${@:2}" -out "$work/$1.key" 2> /dev/null
    openssl pkey -in "$work/$1.key" -pubout -out "$work/$1.pub"
    printf '%s\n' "cbmx signing key v1" "$CBMX_ORIGIN" state:CL "$(fingerprint "$work/$1.pub")" > "$work/$1.text"
}
# signed KEY NAME [OPTIONS OF pkeyutl]: NAME.text, signed by this key, in base64.
signed() { openssl pkeyutl -sign -rawin "${@:3}" -inkey "$work/$1.key" -in "$work/$2.text" -out "$work/signature" && base64 -w0 "$work/signature"; }
# register_key FIRST SECOND NAME: an Ed25519 key, by the tokens of two nominators.
register_key() {
    local proposal
    jq -n --rawfile public_key "$work/$3.pub" --arg proof "$(signed "$3" "$3")" '{$public_key, $proof, label: "Demonstration"}' > "$work/registration"
    proposal=/v1/proposals/$(as "$1" POST /v1/signing-keys -H 'Content-Type: application/json' -d @"$work/registration" | jq -r .id)
    as "$2" POST "$proposal/confirm" -H "If-Match: $(etag_of "$2" "$proposal")"
}
# say_signed TOKEN KEY PATH BODY TAG: a word of Chile with its own signature; the answer.
say_signed() {
    printf '%s' "$4" > "$work/body"
    CBMX_URL=$url CBMX_CA=$CBMX_CLIENT_CA CBMX_TOKEN=$1 CBMX_VERIFIER_KEY=$(as "" GET /v1/log/key | jq -r '.keys[0].text') \
        bash "$root/client-examples/sign.sh" --yes --if-match "$5" "$work/$2.key" POST "$3" "$work/body" 2> "$work/signing" || { cat "$work/signing" >&2; return 1; }
}
