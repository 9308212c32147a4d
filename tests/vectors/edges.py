"""Vectors made here of what files of vectors leave out: edges of both kinds of curves, and of how a key is written.

Ed25519: every pair of A (key) and R (first half of the signature) of small or mixed order, in every encoding, each with a message
where the parts of small order cancel out and one where they do not: the cases of C2SP's CCTV (README.md), some of which stand here.
"""
import base64
import pathlib
import subprocess
import tempfile

import curves
from curves import L, NEUTRAL

# Numbers 1, 5, 7, 9, 17, 29 of CCTV's ed25519vectors.json: key, signature, message, and what we say.
CCTV = [
    ("low_order_A", "00" * 32, "00" * 64, "ed25519vectors 11", False),
    ("low_order_R", "10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f",
     "00000000000000000000000000000000000000000000000000000000000000009472a69cd9a701a50d130ed52189e2455b23767db52cacb8716fb896ffeeac09",
     "ed25519vectors 3", True),
    ("low_order_component_A", "10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f",
     "36684ea91032ba5b1dbab2d02f4debc74c3327f2b3802e2e4d371aa42b12b56bbbfd00bd9c259d8d222d15e67a3d8228585050dbb9b9585be20d8fadc721da03",
     "ed25519vectors", True),
    ("non_canonical_A", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "00" * 64, "ed25519vectors 6", False),
    ("non_canonical_R", "10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f",
     "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7fad7a355469b5c87e550469f6b2de409ee723acd584bf35f86b80c384e8ceb702",
     "ed25519vectors 3", False),
    ("low_order_component_R", "10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f",
     "b797b156efcd45a4e2454d2fd0b21438b3ccd80d4c7fd1d1b2c8e55bd4ed4a94732d9e0279fe001d90327efa319816e3e4506b78432b8b4e1f2fdc4b960d700f",
     "ed25519vectors 2", True),
]


def small_order():
    """The eight points of small order."""
    y, points = 2, []
    while len(points) < 8:  # L times a point is one of them; a generator of all eight is found soon
        x, y = curves.x_of(y, 0), y + 1
        generator = x is not None and curves.times(L, (x, y - 1))
        if generator and curves.times(4, generator) != NEUTRAL:
            points = [curves.times(number, generator) for number in range(8)]
    return points


def encodings(scalar, small):
    """(how, the 32 bytes) of the point scalar B + small: the one encoding, and those that no encoder gives."""
    point = curves.added(curves.times(scalar, curves.BASE), small)
    yield "canonical", curves.encoded(point)
    if point[0] == 0:
        yield "x = -0", curves.encoded(point, negative_zero=True)
    if point[1] < 19:
        yield "y beyond the field", curves.encoded(point, beyond=True)
        if point[0] == 0:
            yield "both", curves.encoded(point, beyond=True, negative_zero=True)


def points_of_every_order():
    """(order, scalar, small, how, bytes)"""
    for small in small_order():
        for order, scalar in (("small", 0), ("mixed", 7919)):
            for how, text in encodings(scalar, small):
                yield order, scalar, small, how, text


def ed25519_of_every_order():
    """A key of small order signs for nobody: its signature fits many messages. Nor has a point a second encoding."""
    everything = list(points_of_every_order())
    for order_a, secret, small_a, how_a, a in everything:
        for order_r, nonce, small_r, how_r, r in everything:
            for cancels in (True, False):
                for number in range(64):
                    message = b"vector %d" % number
                    k = curves.challenge(r, a, message)
                    if (curves.added(small_r, curves.times(k % 8, small_a)) == NEUTRAL) == cancels:
                        good = cancels and order_a != "small" and how_a == how_r == "canonical"
                        name = f"A {order_a} {how_a}, R {order_r} {how_r}, {'without' if cancels else 'with'} residue"
                        yield name, curves.ed25519_key(a), message, r + ((nonce + k * secret) % L).to_bytes(32, "little"), good
                        break


def ed25519_reencoded():
    """The hash is made of the canonical encoding, and another one is sent: a verifier that encodes again would accept it."""
    for order, secret, small, how, a in points_of_every_order():
        if how == "canonical":
            continue
        canonical, r = curves.encoded(small), curves.encoded(curves.times(5, curves.BASE))
        messages = (b"vector %d" % number for number in range(64))
        message = next(text for text in messages if curves.times(curves.challenge(r, canonical, text) % 8, small) == NEUTRAL)
        yield f"A {how}, hashed as canonical", curves.ed25519_key(a), message, r + (5).to_bytes(32, "little"), False


def ecdsa(curve):
    """Sums that pass through a doubling or infinity, and numbers at the ends of their range."""
    message, nonce = b"edge of " + curve.name.encode(), 0x1d0c5e7f3b
    z, n = curve.hashed(message), curve.n
    r = curve.times(nonce, curve.base)[0] % n
    doubled = z * pow(r, -1, n) % n  # with this secret both summands are the same point

    def vector(name, secret, r, s, good):
        return f"{curve.name} {name}", curve.key(curve.times(secret % n, curve.base)), message, curves.ecdsa_signature(r, s), good

    yield vector("both summands are one point", doubled, r, 2 * z * pow(nonce, -1, n) % n, True)
    yield vector("the summands cancel out", -doubled, r, 5, False)
    yield vector("the key is the base point", 1, *curve.signed(1, message, nonce), True)
    yield vector("the key is the base point's negative", n - 1, *curve.signed(n - 1, message, nonce), True)
    secret = 0xc0ffee
    good_r, good_s = curve.signed(secret, message, nonce)
    yield vector("an ordinary signature", secret, good_r, good_s, True)
    yield vector("its s is negated: the other of the two", secret, good_r, n - good_s, True)
    for name, r, s in (("r + n", good_r + n, good_s), ("s + n", good_r, good_s + n), ("r = 0", 0, good_s), ("s = 0", good_r, 0),
                       ("r = n", n, good_s), ("s = n", good_r, n), ("r = s = 0", 0, 0), ("r = s = n", n, n), ("r = p", curve.p, good_s),
                       ("r and s exchanged", good_s, good_r)):
        yield vector(name, secret, r, s, False)
    yield f"{curve.name} nothing", curve.key(curve.times(secret, curve.base)), message, b"", False
    raw = good_r.to_bytes(curve.bytes, "big") + good_s.to_bytes(curve.bytes, "big")
    yield f"{curve.name} r and s without DER", curve.key(curve.times(secret, curve.base)), message, raw, False


def beyond_the_field(curve):
    """A point of the curve with p added to its x, which still fits its bytes."""
    for x in range(100):
        square = (x * x * x - 3 * x + curve.b) % curve.p
        y = pow(square, (curve.p + 1) // 4, curve.p)
        if y * y % curve.p == square:
            return x + curve.p, y
    raise AssertionError("no point has a small x")


def ecdsa_keys(curve):
    """A genuine signature under each other way to write its key, and keys that are none."""
    secret, message, p, n = 0xdecade, b"key on " + curve.name.encode(), curve.p, curve.n
    point, signature = curve.times(secret, curve.base), curves.ecdsa_signature(*curve.signed(secret, message, 0xabad1dea))
    x, y = (number.to_bytes(curve.bytes, "big") for number in point)
    algorithm = curves.sequence(curves.identifier("2a8648ce3d0201"), curves.identifier(curve.oid))
    parity = point[1] & 1
    forms = [("as it is", curve.key(point), True), ("compressed", curve.key(point, bytes([2 + parity]) + x), False),
             ("hybrid", curve.key(point, bytes([6 + parity]) + x + y), False),
             ("hybrid with the other parity", curve.key(point, bytes([7 - parity]) + x + y), False),
             ("infinity", curve.key(point, b"\x00"), False),
             ("zeros", curve.key((0, 0)), False),
             ("x and y exchanged", curve.key((point[1], point[0])), False),
             ("one bit of y changed", curve.key((point[0], point[1] ^ 1)), False),
             ("the point without its first byte", curve.key(point, x + y), False),
             ("a byte more in the point", curve.key(point, b"\x04" + x + y + b"\x00"), False), ("a byte after it", curve.key(point) + b"\x00", False),
             ("unused bits", curves.sequence(algorithm, curves.bit_string(b"\x04" + x + y, 1)), False),
             ("a length in two octets", b"\x30\x81" + curve.key(point)[1:], False),
             ("an octet string", curves.sequence(algorithm, curves.element(0x04, b"\x00\x04" + x + y)), False),
             ("for ECDH alone", curves.sequence(curves.sequence(curves.identifier("2b8104010c"), curves.identifier(curve.oid)),
                                                curves.bit_string(b"\x04" + x + y)), False),
             ("no curve", curves.sequence(curves.sequence(curves.identifier("2a8648ce3d0201")), curves.bit_string(b"\x04" + x + y)), False),
             ("something after the curve", curves.sequence(
                 curves.sequence(curves.identifier("2a8648ce3d0201"), curves.identifier(curve.oid), curves.element(0x05, b"")),
                 curves.bit_string(b"\x04" + x + y)), False)]
    forms.append(("x beyond the field", curve.key(beyond_the_field(curve)), False))
    parameters = curves.sequence(
        curves.integer(1), curves.sequence(curves.identifier("2a8648ce3d0101"), curves.integer(p)),
        curves.sequence(*(curves.element(0x04, number.to_bytes(curve.bytes, "big")) for number in (p - 3, curve.b))),
        curves.element(0x04, b"\x04" + curve.coordinates(curve.base)), curves.integer(n), curves.integer(1))
    explicit = curves.sequence(curves.sequence(curves.identifier("2a8648ce3d0201"), parameters), curves.bit_string(b"\x04" + x + y))
    forms.append(("its curve written out", explicit, False))
    for name, key, good in forms:
        yield f"{curve.name} key: {name}", key, message, signature, good


def ed25519_keys():
    secret, message = 0x5eed, b"key on Ed25519"
    point, signature = curves.encoded(curves.times(secret, curves.BASE)), curves.ed25519_signed(secret, message)
    name = curves.identifier("2b6570")
    for how, key, good in (("as it is", curves.ed25519_key(point), True),
                           ("with NULL", curves.sequence(curves.sequence(name, curves.element(0x05, b"")), curves.bit_string(point)), False),
                           ("a byte more", curves.ed25519_key(point + b"\x00"), False), ("a byte less", curves.ed25519_key(point[:31]), False),
                           ("a byte after it", curves.ed25519_key(point) + b"\x00", False),
                           ("unused bits", curves.sequence(curves.sequence(name), curves.bit_string(point, 1)), False),
                           ("a length in two octets", b"\x30\x81\x2a" + curves.ed25519_key(point)[2:], False),
                           ("the name of X25519", curves.sequence(curves.sequence(curves.identifier("2b656e")), curves.bit_string(point)), False),
                           ("no point has this y", curves.ed25519_key((2).to_bytes(32, "little")), False)):
        yield f"Ed25519 key: {how}", key, message, signature, good


def other_algorithms():
    """Genuine signatures, by OpenSSL, of kinds that are not accepted."""
    kinds = {"RSA": ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"], "RSA-PSS": ["RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"],
             "P-521": ["EC", "-pkeyopt", "ec_paramgen_curve:P-521"], "secp256k1": ["EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
             "P-224": ["EC", "-pkeyopt", "ec_paramgen_curve:P-224"]}
    with tempfile.TemporaryDirectory() as folder:
        def openssl(*arguments):
            subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
            return folder

        (pathlib.Path(folder) / "message").write_bytes(b"another kind")
        for name, kind in kinds.items():
            openssl("genpkey", "-algorithm", *kind, "-out", "key.pem")
            openssl("pkey", "-in", "key.pem", "-pubout", "-outform", "DER", "-out", "key.der")
            openssl("dgst", "-sha256", "-sign", "key.pem", "-out", "signature", "message")
            key, signature = ((pathlib.Path(folder) / file).read_bytes() for file in ("key.der", "signature"))
            yield f"a signature with {name}", key, b"another kind", signature, False


def pem(der):
    text = base64.b64encode(der).decode()
    return "\n".join(["-----BEGIN PUBLIC KEY-----", *(text[at:at + 64] for at in range(0, len(text), 64)), "-----END PUBLIC KEY-----", ""])


def key_files():
    """(name, text, the key in DER that both read there or None)"""
    for algorithm, der in (("P-256", curves.P256.key(curves.P256.times(7, curves.P256.base))),
                           ("Ed25519", curves.ed25519_key(curves.encoded(curves.times(7, curves.BASE))))):
        good = pem(der)
        first, *lines, last = good.strip().split("\n")
        text, other = "".join(lines), pem(curves.P256.key(curves.P256.base))
        for how, file in (("as it is", good),
                          ("carriage returns", good.replace("\n", "\r\n")),
                          ("a text before", f"a key\n{good}"),
                          ("a text after", f"{good}a key\n"),
                          ("one long line", f"{first}\n{text}\n{last}\n"),
                          ("no last newline", good[:-1]),
                          ("spaces after the lines", good.replace("\n", " \n")),
                          ("an empty line first", good.replace(first, first + "\n")), ("a byte order mark", "\ufeff" + good)):
            yield f"{algorithm} file: {how}", file, der
        for how, file in (("another key after it", good + other),
                          ("a certificate before it", good.replace("PUBLIC KEY", "CERTIFICATE") + good),
                          ("no end", good.replace(last, "")),
                          ("indented", "  " + good.replace("\n", "\n  ")),
                          ("something before its first line", "x" + good),
                          ("headers", good.replace(first, first + "\nComment: x\n")),
                          ("more padding", f"{first}\n{text}=\n{last}\n"),
                          ("another character", good.replace(text[5], "!", 1)),
                          ("another name", good.replace("PUBLIC KEY", "RSA PUBLIC KEY")),
                          ("another name at its end", good.replace("END PUBLIC", "END RSA PUBLIC")),
                          ("lower case", good.lower()),
                          ("nothing", ""),
                          ("DER", der.decode("latin-1"))):
            yield f"{algorithm} file: {how}", file, None


def vectors():
    for name, key, signature, message, good in CCTV:
        yield f"CCTV {name}", curves.ed25519_key(bytes.fromhex(key)), message.encode(), bytes.fromhex(signature), good
    yield from ed25519_of_every_order()
    yield from ed25519_reencoded()
    yield from ed25519_keys()
    for curve in (curves.P256, curves.P384):
        yield from ecdsa(curve)
        yield from ecdsa_keys(curve)
    yield from other_algorithms()
