#!/usr/bin/env python3
"""Judges every vector with the portal's own functions and with those of the Python verifiers. They must agree, and be right.

usage: compare.py [VERDICTS [DIRECTORY]]    VERDICTS: the program of verdicts.cpp (build/release/tests/vector_verdicts unless given);
                                            DIRECTORY: of the Python verifiers (client-examples)
"""
import base64
import hashlib
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]
VERDICTS, EXAMPLES = [*sys.argv[1:], *[ROOT / "build/release/tests/vector_verdicts", ROOT / "client-examples"][len(sys.argv) - 1:]]
sys.dont_write_bytecode = True
sys.path.insert(0, str(EXAMPLES))
import edges  # noqa: E402  (the path comes first)
import log_vectors  # noqa: E402
import verify_receipt  # noqa: E402
import witness  # noqa: E402
import wycheproof  # noqa: E402

ED25519_KEY = bytes.fromhex("302a300506032b6570032100")  # SubjectPublicKeyInfo up to the 32 bytes of the point
MOST_SHOWN = 40


def field(value):
    if isinstance(value, int):
        return str(value)
    return (value.encode() if isinstance(value, str) else value).hex() or "-"


def python_says(key, message, signature):
    """As with --state-key; a text that is no key there verifies nothing. A verifier that breaks has not judged."""
    try:
        state_key = verify_receipt.StateKey("CL", edges.pem(key))
    except ValueError:
        return "no"
    try:
        return in_words(state_key.verify(message, signature))
    except Exception as error:  # whatever it is, it is named below
        return f"nothing: {error!r}"


def python_reads_state_key(text):
    try:
        return f"yes {verify_receipt.StateKey('CL', text).fingerprint}"
    except ValueError:
        return "no"


def python_opens(note):
    try:
        origin, size, root = verify_receipt.open_checkpoint(note, [verify_receipt.parse_key(log_vectors.KEY)])
        return f"yes {origin.encode().hex()} {size} {root.hex()}"
    except verify_receipt.NotGenuine:
        return "no"


def python_reads_key(text):
    try:
        verify_receipt.parse_key(text)
        return True
    except ValueError:
        return False


def fingerprint_of(key):
    return "no" if key is None else f"yes {hashlib.sha256(key).hexdigest()}"


def in_words(good):
    return "yes" if good else "no"


def read_from(note):
    """What a good checkpoint says, as the portal's program writes it."""
    origin, size, root = note.split("\n")[:3]
    return f"yes {origin.encode().hex()} {size} {base64.b64decode(root).hex()}"


def questions():
    """(name, question to the portal, what is right, what Python says or None where it has no such function)"""
    for source in (wycheproof, edges):
        for name, key, message, signature, good in source.vectors():
            said = python_says(key, message, signature)
            yield name, ("detached", edges.pem(key), message, signature), in_words(good), said
            if key.startswith(ED25519_KEY) and len(key) == len(ED25519_KEY) + 32:
                yield f"{name}, as the log's", ("raw", key[len(ED25519_KEY):], message, signature), in_words(good), said  # one function there
            if good or name.startswith(("P-256 key: ", "P-384 key: ")):  # what is not written as it should be has no fingerprint
                right = fingerprint_of(key if good else None)
                yield f"{name}, its fingerprint", ("fingerprint", edges.pem(key)), right, python_reads_state_key(edges.pem(key))
    for name, text, key in edges.key_files():
        yield name, ("fingerprint", text), fingerprint_of(key), python_reads_state_key(text)
    for name, leaf, index, size, root, proof, good in log_vectors.inclusion():
        said = verify_receipt.root_from(leaf, index, size, proof) == root
        yield f"inclusion: {name}", ("inclusion", leaf, index, size, root, *proof), in_words(good), in_words(said)
    for name, first, old, second, new, proof, good in log_vectors.consistency():
        said = witness.grows(first, second, old, new, proof)
        yield f"consistency: {name}", ("consistency", first, old, second, new, *proof), in_words(good), in_words(said)
    for name, text, good in log_vectors.keys():
        yield f"a log's key: {name}", ("key", text), in_words(good), in_words(python_reads_key(text))
    for name, note, good in log_vectors.checkpoints():
        yield f"checkpoint: {name}", ("checkpoint", log_vectors.KEY, note), read_from(note) if good else "no", python_opens(note)
    for name, key, note, when in log_vectors.cosigned():
        yield f"cosignature: {name}", ("cosigned", key, note), "no" if when is None else f"yes {when}", None


def main():
    asked = list(questions())
    lines = "".join(" ".join([word, *map(field, fields)]) + "\n" for _, (word, *fields), _, _ in asked)
    answers = subprocess.run([VERDICTS], input=lines, stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()
    assert len(answers) == len(asked), f"{len(answers)} answers to {len(asked)} questions"
    faults = [f"{name}: right is {right!r}, the portal says {said!r}, Python {python!r}"
              for (name, _, right, python), said in zip(asked, answers) if said != right or python not in (None, right)]
    for fault in faults[:MOST_SHOWN]:
        print(fault)
    print(f"{len(asked)} vectors, {sum(right != 'no' for _, _, right, _ in asked)} of them good; {len(faults)} judged wrongly")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
