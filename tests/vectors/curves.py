"""The curves with which vectors are made: plain affine arithmetic, which shares nothing with the verifiers that are judged by it.

Also the one form of a public key that is accepted (SubjectPublicKeyInfo in DER), and DER to make others. Slow; for tests alone.
"""
import hashlib

# --- Ed25519: RFC 8032, section 5.1.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
NEUTRAL = (0, 1)


def added(a, b):
    product = D * a[0] * b[0] * a[1] * b[1] % P
    return (a[0] * b[1] + b[0] * a[1]) * pow(1 + product, -1, P) % P, (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, -1, P) % P


def times(scalar, point):
    result = NEUTRAL
    while scalar:
        if scalar & 1:
            result = added(result, point)
        point, scalar = added(point, point), scalar >> 1
    return result


def x_of(y, odd):
    """The x of that parity, or None when no point has this y."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P:
        return None
    return x if x & 1 == odd else -x % P


BASE = (x_of(4 * pow(5, -1, P) % P, 0), 4 * pow(5, -1, P) % P)


def encoded(point, beyond=False, negative_zero=False):
    """32 bytes; beyond: the same y, written as y + P; negative_zero: the sign bit set for x = 0."""
    y = point[1] + (P if beyond else 0)
    return (y | (int(negative_zero) or point[0] & 1) << 255).to_bytes(32, "little")


def challenge(r, a, message):
    return int.from_bytes(hashlib.sha512(r + a + message).digest(), "little") % L


def ed25519_signed(secret, message):
    """By a key whose scalar is secret: a signature like any other."""
    a, nonce = encoded(times(secret, BASE)), int.from_bytes(hashlib.sha512(b"nonce" + message).digest(), "little") % L
    r = encoded(times(nonce, BASE))
    return r + ((nonce + challenge(r, a, message) * secret) % L).to_bytes(32, "little")


# --- Curves of NIST: SEC 2.

class Curve:
    def __init__(self, name, oid, p, b, n, base):
        self.name, self.oid, self.p, self.b, self.n, self.base = name, oid, p, b, n, base
        self.bytes = (p.bit_length() + 7) // 8

    def added(self, a, b):
        """None is the point at infinity."""
        if a is None or b is None:
            return b if a is None else a
        if a[0] == b[0]:
            if (a[1] + b[1]) % self.p == 0:
                return None
            slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, self.p)
        else:
            slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, self.p)
        x = (slope * slope - a[0] - b[0]) % self.p
        return x, (slope * (a[0] - x) - a[1]) % self.p

    def times(self, scalar, point):
        result = None
        while scalar:
            if scalar & 1:
                result = self.added(result, point)
            point, scalar = self.added(point, point), scalar >> 1
        return result

    def hashed(self, message):
        """SHA-256 of the message as a number: the one hash with which States sign, on both curves."""
        return int.from_bytes(hashlib.sha256(message).digest(), "big")

    def signed(self, secret, message, nonce):
        """(r, s)"""
        r = self.times(nonce, self.base)[0] % self.n
        return r, pow(nonce, -1, self.n) * (self.hashed(message) + r * secret) % self.n

    def coordinates(self, point):
        return b"".join(number.to_bytes(self.bytes, "big") for number in point)

    def key(self, point, form=None):
        """The public key in DER; form: other bytes of the point than 0x04, x and y."""
        return sequence(sequence(identifier("2a8648ce3d0201"), identifier(self.oid)), bit_string(form or b"\x04" + self.coordinates(point)))


P256 = Curve("P-256", "2a8648ce3d030107", 2**256 - 2**224 + 2**192 + 2**96 - 1,
             0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b,
             0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551,
             (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
              0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5))
P384 = Curve("P-384", "2b81040022", 2**384 - 2**128 - 2**96 + 2**32 - 1,
             0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef,
             0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973,
             (0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7,
              0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f))


# --- DER.

def element(tag, content):
    size = len(content)
    length = bytes([size]) if size < 128 else (lambda octets: bytes([128 + len(octets)]) + octets)(size.to_bytes((size.bit_length() + 7) // 8, "big"))
    return bytes([tag]) + length + content


def sequence(*parts):
    return element(0x30, b"".join(parts))


def identifier(text):
    return element(0x06, bytes.fromhex(text))


def bit_string(content, unused=0):
    return element(0x03, bytes([unused]) + content)


def integer(number):
    return element(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def ecdsa_signature(r, s):
    return sequence(integer(r), integer(s))


def ed25519_key(point):
    """The public key in DER, of the 32 bytes of its point."""
    return sequence(sequence(identifier("2b6570")), bit_string(point))
