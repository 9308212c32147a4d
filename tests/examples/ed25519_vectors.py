"""The Ed25519 of client-examples/verify_receipt.py against RFC 8032, section 7.1, and against what must be refused."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "client-examples"))
sys.dont_write_bytecode = True
from verify_receipt import L, ed25519_verify  # noqa: E402

VECTORS = [  # public key, message, signature
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
]

for key, message, signature in VECTORS:
    key, message, signature = bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signature)
    assert ed25519_verify(key, message, signature), "a vector of the RFC is refused"
    assert not ed25519_verify(key, message + b"x", signature), "another message is accepted"
    for position in (0, 31, 32, 63):
        changed = bytearray(signature)
        changed[position] ^= 1
        assert not ed25519_verify(key, message, bytes(changed)), f"a signature changed at byte {position} is accepted"
    unreduced = signature[:32] + (int.from_bytes(signature[32:], "little") + L).to_bytes(32, "little")
    assert not ed25519_verify(key, message, unreduced), "a second form of the same signature is accepted"
    assert not ed25519_verify(key, message, signature[:63]), "a short signature is accepted"
