#!/usr/bin/env python3
"""Comes in with an invitation to an account (an enrolment); also invites somebody else, confirms who came in, and renews a token.

No secret leaves the machine on which it was made: the portal gets the SHA-256 of a code or of a token, or a signature by the
certificate's key. A token is on the disk before the portal hears of it, so that any command but `invite` may be killed at any
moment and run again. Needs portal.py beside it, and openssl 3 for certificates. Environment: CBMX_URL, CBMX_CA; for `invite` and
`attest` also CBMX_TOKEN; for `certificate` best CBMX_VERIFIER_KEY, so that no other portal gets a signature that is meant for this one.
usage: enrol.py invite [--reset] token --label TEXT --scope SCOPE [--scope SCOPE...] [--days N] ACCOUNT    > invitation
       enrol.py invite [--reset] certificate [--label TEXT] ACCOUNT    > invitation    --reset: all that the account has now ends
       enrol.py token FILE                               < invitation    FILE gets the token
       enrol.py certificate [--request] CERTIFICATE KEY  < invitation    --request: sends a PKCS#10 instead of a signature
       enrol.py attest ENROLMENT [WORD...]               the holder came in himself: he read out these six check words
       enrol.py renew FILE                               every day, on each machine that has a token of its own
An invitation is three lines: account, enrolment, code. Give the code to its holder alone, best by another way than the rest.
Exit code: 0 done (renew: or too early), 1 refused (and why), 2 the portal could not be reached: run it again later.
"""
import argparse
import hashlib
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import zlib

from portal import CommandLine, Refused, origin, rename, run, sentences, write_atomically

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CODE = re.compile(r"[0-9A-Za-z_-][0-9A-Za-z_ -]{20,62}[0-9A-Za-z_-]")  # one that came in two halves may stand in groups


def base62(data, width):
    number, text = int.from_bytes(data, "big"), ""
    for _ in range(width):
        number, digit = divmod(number, 62)
        text = DIGITS[digit] + text
    return text


def new_secret():
    return base62(secrets.token_bytes(32), 43)


def new_token():
    secret = new_secret()  # then a checksum, by which a typing error and a leaked token are recognised
    return "cbmx_" + secret + base62(zlib.crc32(secret.encode()).to_bytes(4, "big"), 6)


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def post(portal, path, body, **fields):
    return portal.ask("POST", path, json.dumps(body).encode(), Content_Type="application/json", **fields)


def made(answer, status=201):
    if answer.status != status:
        raise Refused(sentences(answer))
    return json.loads(answer.body)


# THE INVITER

def invite(portal, arguments):
    code = new_secret()
    body = {"kind": arguments.kind, "code_sha256": sha256(code), "label": arguments.label, "scopes": arguments.scope,
            "expires_in_days": arguments.days}
    body = {name: value for name, value in body.items() if value is not None}
    path = f"/v1/accounts/{id_in(arguments.account)}/{'reset' if arguments.reset else 'credentials'}"
    enrolment = made(post(portal, path, body, Idempotency_Key=body["code_sha256"]))
    print(f"account {arguments.account}\nenrolment {enrolment['id']}\ncode {code}")
    print(f"to be used once, before {enrolment['content']['until']}", file=sys.stderr)
    attesters, approvers = (", ".join(enrolment["meta"][who]) for who in ("attesters", "approvers"))
    print(f"Who can confirm that it was the holder who came in, by six words that he reads out: {attesters}" if attesters else
          "No other account can confirm that it was the holder who came in: a note verbale to the secretariat can, with name, function, words",
          file=sys.stderr)
    print(f"Who can approve what he writes until then: {approvers or 'nobody'}", file=sys.stderr)


def attest(portal, arguments):
    if not arguments.word and sys.stdin.isatty():
        print("Type the six words as the holder reads them out, then Ctrl-D:", file=sys.stderr)
    words = " ".join(arguments.word or sys.stdin.read().split())
    path = f"/v1/enrolments/{id_in(arguments.enrolment)}/attest"
    enrolment = made(post(portal, path, {"check_words": words}, Idempotency_Key=sha256(path + words)), 200)
    print(f"confirmed at {enrolment['content']['attested']['at']}: the holder of {enrolment['content']['account']} came in himself")


def id_in(text):
    if not UUID.fullmatch(text):
        raise Refused(f"{text}: is no id")
    return text


# THE HOLDER

def read_invitation():
    if sys.stdin.isatty():
        print("Paste the invitation (account, enrolment, code), then Ctrl-D:", file=sys.stderr)
    words = [line.strip().split(maxsplit=1) for line in sys.stdin]
    given = dict(pair for pair in words if len(pair) == 2)
    for name, form in (("account", UUID), ("enrolment", UUID), ("code", CODE)):
        if not form.fullmatch(given.get(name, "")):
            raise Refused(f"an invitation has three lines: account, enrolment, code. This one has no {name} of the right form")
    return given


def check_words(code, fingerprint):
    """As whoever came in works them out: 18 syllables of the hash of what was brought."""
    bits = int.from_bytes(hashlib.sha256(f"cbmx check words v1\n{code}\n{fingerprint}\n".encode()).digest(), "big")
    fives = [bits >> (256 - 5 * place) & 31 for place in range(1, 19)]
    syllables = ["fklmnrst"[five >> 2] + "aeio"[five & 3] for five in fives]
    return " ".join("".join(syllables[first:first + 3]) for first in range(0, 18, 3))


def say_words(words, given, fingerprint):
    """words: the portal's, until somebody has confirmed who came in. A code in two halves counts as in capitals, without gaps."""
    codes = (given["code"], re.sub("[ -]", "", given["code"]).upper())
    if words and fingerprint and words not in [check_words(code, fingerprint) for code in codes]:
        raise Refused("the portal has another credential than the one that was brought: tell whoever invited you")
    if words:
        print(f"Read these six words to whoever confirms that it was you: {words}")


def use(portal, given, proof):
    """The credential. The same again gets the same answer."""
    credential = made(post(portal, f"/v1/enrolments/{given['enrolment']}/use", {"code": given["code"], **proof}))
    if credential["content"]["account"] != given["account"]:
        raise Refused(f"this was an invitation to another account than it said: {credential['content']['account']}")
    return credential


def prepared_token(path):
    """The token that is to become that of the file: the one that an earlier run has left, or a new one, on the disk before it is known."""
    if not os.path.exists(path + ".next"):
        write_atomically(path + ".next", new_token() + "\n")
    return read(path + ".next")


def read(path):
    with open(path, encoding="utf-8") as file:
        token = file.read().strip()
    if not re.fullmatch("cbmx_[0-9A-Za-z]{49}", token):
        raise Refused(f"{path} is there, and holds no token")
    return token


def me_with(portal, token):
    return portal.ask("GET", "/v1/me", Authorization="Bearer " + token)


def come_in_with_token(portal, arguments):
    given = read_invitation()
    is_new = not os.path.exists(arguments.file)
    secret = prepared_token(arguments.file) if is_new else read(arguments.file)
    if is_new:
        use(portal, given, {"token_sha256": sha256(secret)})
    answer = me_with(portal, secret)  # the first request, which shows the portal that the token has arrived
    me = json.loads(answer.body) if answer.status == 200 else {}
    if not is_new and me.get("account") != given["account"]:
        raise Refused(f"{arguments.file} is there already, and is no token of that account: name another file")
    if answer.status != 200:
        raise Refused(sentences(answer))
    if is_new:
        rename(arguments.file + ".next", arguments.file)
    print(f"{arguments.file}: a token of {me['name']}, {me['home']}, until {me['credential']['not_after']}. It is for this machine "
          "alone: another one needs another invitation")
    say_words(me["credential"].get("check_words"), given, sha256(secret) if is_new else None)  # it may have been renewed since


def openssl(*arguments, **options):
    try:
        return subprocess.run(["openssl", *arguments], stdout=subprocess.PIPE, check=True, **options).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise Refused(f"openssl 3 could not do it: {error}") from None


def signature_of(text, key):
    with tempfile.NamedTemporaryFile() as file:
        file.write(text.encode())
        file.flush()
        raw = openssl("pkeyutl", "-sign", "-rawin", *digest_for(key), "-inkey", key, "-in", file.name)
    return openssl("base64", "-A", input=raw).decode()


def digest_for(key):
    """Ed25519 takes none."""
    is_ed25519 = b"ED25519" in openssl("pkey", "-in", key, "-pubout", "-text_pub")
    return [] if is_ed25519 else ["-digest", "sha256"]


def request_of(text, key):
    with tempfile.NamedTemporaryFile("w") as file:
        file.write("[req]\nprompt = no\ndistinguished_name = subject\nattributes = attributes\n[subject]\nCN = holder\n"
                   f"[attributes]\nchallengePassword = {sha256(text)}\n")
        file.flush()
        return openssl("req", "-new", "-key", key, "-config", file.name).decode()


def come_in_with_certificate(portal, arguments):
    given = read_invitation()
    pem = openssl("x509", "-in", arguments.certificate).decode()
    fingerprint = hashlib.sha256(openssl("x509", "-in", arguments.certificate, "-outform", "DER")).hexdigest()
    lines = ("cbmx enrolment v1", origin(portal), given["account"], fingerprint, given["enrolment"])
    text = "".join(line + "\n" for line in lines)
    proof = {"request": request_of(text, arguments.key)} if arguments.request else {"signature": signature_of(text, arguments.key)}
    credential = use(portal, given, {"certificate": pem, **proof})
    print(f"{arguments.certificate}: a certificate of the account {given['account']}, until {credential['content']['not_after']}")
    say_words(credential["meta"].get("check_words"), given, fingerprint)


# RENEWAL

def renew(portal, arguments):
    old, new = read(arguments.file), prepared_token(arguments.file)
    answer = post(portal, "/v1/credentials/renew", {"token_sha256": sha256(new)}, Authorization="Bearer " + old)
    if answer.status == 409 and json.loads(answer.body)["errors"][0]["code"] == "not_yet_renewable":
        os.remove(arguments.file + ".next")
        print(f"{arguments.file}: too early. {sentences(answer)}")
        return
    if answer.status not in (201, 401):  # 401: an earlier run came as far as the next line, with which the old token ended
        raise Refused(sentences(answer))
    me = me_with(portal, new)
    if me.status != 200:
        raise Refused(sentences(me))
    rename(arguments.file + ".next", arguments.file)
    print(f"{arguments.file}: renewed, until {json.loads(me.body)['credential']['not_after']}. The old token has ended, on every machine "
          "that has a copy of it: two machines need two tokens")


def main():
    line = CommandLine("Come in with an invitation, invite somebody, confirm who came in, renew a token.")
    commands = line.add_subparsers(dest="command", required=True, metavar="invite|token|certificate|attest|renew", parser_class=argparse.ArgumentParser)

    def command(name, task, summary):
        parser = commands.add_parser(name, help=summary, description=summary)
        parser.error = line.error
        parser.set_defaults(task=task)
        return parser

    inviter = command("invite", invite, "Make an invitation to an account, and print it")
    inviter.add_argument("--reset", action="store_true", help="and end every credential and open invitation that the account has")
    inviter.add_argument("--label", help="what your State calls the credential")
    inviter.add_argument("--scope", action="append", help="read, draft, publish, accounts, registry, directory; for a token")
    inviter.add_argument("--days", type=int, help="life of the token")
    inviter.add_argument("kind", choices=("token", "certificate"))
    inviter.add_argument("account", help="its id")
    holder = command("token", come_in_with_token, "Come in with a token; the invitation on standard input")
    holder.add_argument("file", help="gets the token; must not be there yet")
    holder = command("certificate", come_in_with_certificate, "Come in with a certificate; the invitation on standard input")
    holder.add_argument("--request", action="store_true", help="send a PKCS#10 instead of a signature")
    holder.add_argument("certificate", help="in PEM")
    holder.add_argument("key", help="its private key in PEM, which stays here")
    witness = command("attest", attest, "Confirm that the holder came in himself, by his six check words")
    witness.add_argument("enrolment", help="its id, in the invitation")
    witness.add_argument("word", nargs="*", help="as he reads them out; on standard input unless given")
    command("renew", renew, "Renew a token, when it is time").add_argument("file", help="the token")
    arguments = line.parse_args()
    has_account = arguments.task in (invite, attest)
    lock = arguments.file + ".lock" if "file" in arguments else None
    return run(arguments.task, arguments, lock, None if has_account else "")


if __name__ == "__main__":
    sys.exit(main())
