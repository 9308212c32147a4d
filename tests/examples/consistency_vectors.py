#!/usr/bin/env python3
"""witness.py's check of consistency proofs against trees and proofs made here by RFC 6962, section 2.1, word for word.

Every pair of sizes up to 40 is accepted; with any hash changed, left out, added or moved it is refused.
usage: consistency_vectors.py DIRECTORY    of client-examples
"""
import hashlib
import sys

sys.path.insert(0, sys.argv[1])
from witness import grows  # noqa: E402  (the path comes first)

MOST = 40


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size):
    """The largest power of two smaller than size."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def root(leaves):
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = split(len(leaves))
    return node(root(leaves[:k]), root(leaves[k:]))


def proof(first, leaves, is_whole=True):
    """SUBPROOF(m, D[n], b) of RFC 6962, 2.1.2."""
    if first == len(leaves):
        return [] if is_whole else [root(leaves)]
    k = split(len(leaves))
    if first <= k:
        return proof(first, leaves[:k], is_whole) + [root(leaves[k:])]
    return proof(first - k, leaves[k:], False) + [root(leaves[:k])]


def main():
    leaves = [bytes([number]) for number in range(MOST)]
    other = bytes(32)
    checked = 0
    for second in range(2, MOST + 1):
        for first in range(1, second):
            good, old, new = proof(first, leaves[:second]), root(leaves[:first]), root(leaves[:second])
            assert grows(first, second, old, new, good), (first, second)
            wrong = [good[:-1], good[1:], good + [other], [other] + good]
            wrong += [good[:at] + [other] + good[at + 1:] for at in range(len(good))]
            wrong += [good[:at] + [good[at + 1], good[at]] + good[at + 2:] for at in range(len(good) - 1)]
            for bad in wrong:
                assert not grows(first, second, old, new, bad), (first, second, bad)
            for roots in ((other, new), (old, other), (new, old)):
                assert not grows(first, second, *roots, good), (first, second)
            forked = root(leaves[:first - 1] + [b"forked"] + leaves[first:second])
            assert not grows(first, second, old, forked, proof(first, leaves[:first - 1] + [b"forked"] + leaves[first:second])), (first, second)
            checked += 1
    print(f"{checked} pairs of sizes")


if __name__ == "__main__":
    main()
