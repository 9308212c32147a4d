"""The ECDSA of client-examples/verify_receipt.py against RFC 6979, A.2.5 and A.2.6 (with SHA-256), and against what must be refused."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "client-examples"))
sys.dont_write_bytecode = True
from verify_receipt import P256, P384  # noqa: E402

VECTORS = [  # curve, public key, r and s of the signature of "sample"
    (P256, "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6", "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299",
     "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716", "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"),
    (P384, "EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64DEF8F0EA9055866064A254515480BC13",
     "8015D9B72D7D57244EA8EF9AC0C621896708A59367F9DFB9F54CA84B3F1C9DB1288B231C3AE0D4FE7344FD2533264720",
     "21B13D1E013C7FA1392D03C5F99AF8B30C570C6F98D4EA8E354B63A21D3DAA33BDE1E888E63355D92FA2B3C36D8FB2CD",
     "F3AA443FB107745BF4BD77CB3891674632068A10CA67E3D45DB2266FA7D1FEEBEFDC63ECCD1AC42EC0CB8668A4FA0AB0"),
]


def integer(number, pad=b""):
    """DER in its shortest form, unless padded."""
    data = pad + number.to_bytes(number.bit_length() // 8 + 1, "big")
    return b"\2" + bytes([len(data)]) + data


def sequence(*parts, head=b"\x30"):
    data = b"".join(parts)
    return head + bytes([len(data)]) + data


for curve, x, y, r, s in VECTORS:
    key, r, s, message = bytes.fromhex("04" + x + y), int(r, 16), int(s, 16), b"sample"
    point = curve.point(key)
    assert point and curve.verify(point, message, sequence(integer(r), integer(s))), "a vector of the RFC is refused"
    assert not curve.verify(point, b"Sample", sequence(integer(r), integer(s))), "another message is accepted"
    assert not curve.verify(curve.base, message, sequence(integer(r), integer(s))), "another key is accepted"
    for name, other in {"zero": sequence(integer(0), integer(s)), "no s": sequence(integer(r)), "three numbers": sequence(integer(r), integer(s), integer(1)),
                        "r beyond the order": sequence(integer(r + curve.n), integer(s)), "s beyond the order": sequence(integer(r), integer(s + curve.n)),
                        "padded": sequence(integer(r, b"\0"), integer(s)), "negative": sequence(integer(r), integer(s)[:1] + b"\1\xff"),
                        "long length": b"\x30\x81" + sequence(integer(r), integer(s))[1:], "another tag": sequence(integer(r), integer(s), head=b"\x31"),
                        "something behind": sequence(integer(r), integer(s)) + b"\0", "something within": sequence(integer(r), integer(s), b"\0"),
                        "cut": sequence(integer(r), integer(s))[:-1], "raw": r.to_bytes(curve.size, "big") + s.to_bytes(curve.size, "big"), "empty": b""}.items():
        assert not curve.verify(point, message, other), f"a signature is accepted: {name}"
    for name, other in {"off the curve": key[:-1] + bytes([key[-1] ^ 1]), "short": key[:-1], "long": key + b"\0", "hybrid": b"\6" + key[1:], "at infinity": b"\0", "compressed": bytes([2 + point[1] % 2]) + key[1:curve.size + 1],
                        "unreduced": b"\4" + (point[0] + curve.p).to_bytes(curve.size + 1, "big")[-curve.size:] + key[curve.size + 1:]}.items():
        assert curve.point(other) is None, f"a key is accepted: {name}"
