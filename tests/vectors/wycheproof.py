"""Wycheproof's vectors of the three algorithms with which a State may sign. README.md says where the files come from.

States sign with SHA-256 on P-384 too, and these vectors have SHA-384 there. So each is moved to another key: (z, Q, r, s) is valid
exactly when (z', Q + (z - z')/r G, r, s) is. What the signature says in r, s and their encoding stays as it was.
"""
import hashlib
import json
import pathlib

import curves

FOLDER = pathlib.Path(__file__).parent / "wycheproof"

# What the vectors leave open, and what we do: refuse, since there is one encoding of a signature and DER is it.
ACCEPTABLE = {"MissingZero": False}


def expected(vector):
    if vector["result"] != "acceptable":
        return vector["result"] == "valid"
    return all(ACCEPTABLE[flag] for flag in vector["flags"])  # a flag without a rule ends the test: decide, and write it down


def groups(file):
    content = json.loads((FOLDER / file).read_text(encoding="utf-8"))
    assert sum(len(group["tests"]) for group in content["testGroups"]) == content["numberOfTests"], file
    return content["testGroups"]


def as_they_are(file):
    for group in groups(file):
        for vector in group["tests"]:
            yield (f"{file} {vector['tcId']} {vector['comment']}", bytes.fromhex(group["keyDer"]), bytes.fromhex(vector["msg"]),
                   bytes.fromhex(vector["sig"]), expected(vector))


def r_of(signature):
    """The r of a signature in DER, or None when its two integers are not there as DER would have them."""
    try:
        length = signature[3]
        r = int.from_bytes(signature[4:4 + length], "big", signed=True)
        s = int.from_bytes(signature[6 + length:6 + length + signature[5 + length]], "big", signed=True)
        return r if signature == curves.ecdsa_signature(r, s) else None
    except (IndexError, OverflowError):
        return None


def moved_to_sha256(file, curve):
    for group in groups(file):
        point = (int(group["key"]["wx"], 16), int(group["key"]["wy"], 16))
        genuine = next((r_of(bytes.fromhex(vector["sig"])) for vector in group["tests"] if vector["result"] == "valid"), 1)
        keys = {}
        for vector in group["tests"]:
            message, signature = bytes.fromhex(vector["msg"]), bytes.fromhex(vector["sig"])
            r = r_of(signature) or 0
            r = genuine if r % curve.n == 0 else r % curve.n  # of what was spoiled, the signature that it was made from
            if (message, r) not in keys:
                away = (int.from_bytes(hashlib.sha384(message).digest(), "big") - curve.hashed(message)) * pow(r, -1, curve.n) % curve.n
                keys[message, r] = curve.key(curve.added(point, curve.times(away, curve.base)))
            yield (f"{file} {vector['tcId']} {vector['comment']}", keys[message, r], message, signature, expected(vector))


def vectors():
    yield from as_they_are("eddsa_test.json")
    yield from as_they_are("ecdsa_secp256r1_sha256_test.json")
    yield from moved_to_sha256("ecdsa_secp384r1_sha384_test.json", curves.P384)
