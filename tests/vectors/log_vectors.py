"""Vectors of the log: inclusion and consistency in the tree of RFC 6962's reference leaves, keys of logs, checkpoints.

The tree, its roots and proofs are those that Certificate Transparency and transparency-dev/merkle test with; what is spoiled in a
proof is what they spoil, and more. Keys and checkpoints are those of c2sp.org/signed-note and c2sp.org/tlog-checkpoint.
"""
import base64
import hashlib

import curves

LEAVES = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]
ROOTS = [bytes.fromhex(text) for text in (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]  # by size
A, B, C, D, E = (bytes.fromhex(text) for text in (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4", "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"))
F, G = (bytes.fromhex(text) for text in (
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a", "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"))
INCLUSION = [(0, 1, []), (0, 8, [A, B, C]), (5, 8, [D, E, ROOTS[4]]), (2, 3, [ROOTS[2]]), (1, 5, [ROOTS[1], B, D])]  # index, size
CONSISTENCY = [(1, 8, [A, B, C]), (6, 8, [F, E, ROOTS[4]]), (2, 5, [B, D]), (6, 7, [F, G, ROOTS[4]])]
OTHER = bytes.fromhex("abacaba000000000000000000000000000000000000000000060061e00123456")


def spoiled(proof, roots):
    """(how, proof): everything that is not the proof, though near it."""
    for root in (*roots, OTHER):
        yield "a hash after it", proof + [root]
        yield "a hash before it", [root] + proof
    for at, node in enumerate(proof):
        for bit in (0, 3, 255):
            number = int.from_bytes(node, "big") ^ 1 << bit
            yield f"bit {bit} of hash {at}", proof[:at] + [number.to_bytes(32, "big")] + proof[at + 1:]
        yield f"hash {at} twice", proof[:at] + [node] + proof[at:]
        yield f"without hash {at}", proof[:at] + proof[at + 1:]
        yield f"another hash between, at {at}", proof[:at] + [OTHER] + proof[at:]
    for at in range(len(proof) - 1):
        yield f"hashes {at} and {at + 1} exchanged", proof[:at] + [proof[at + 1], proof[at]] + proof[at + 2:]
    if proof:
        yield "no hash", []


def inclusion():
    """(name, leaf's hash, index, size, root, proof, good)"""
    for index, size, proof in INCLUSION:
        leaf, root, name = hashlib.sha256(b"\x00" + LEAVES[index]).digest(), ROOTS[size], f"leaf {index} of {size}"
        yield name, leaf, index, size, root, proof, True
        for other in {index + 1, index ^ 2, size, 2**63} - {index}:
            yield f"{name}, as {other}", leaf, other, size, root, proof, False
        for other in (size * 2, size // 2, 0, 2**63, 2**64 - 1):
            yield f"{name}, of {other}", leaf, index, other, root, proof, False
        for other in (ROOTS[0], OTHER, ROOTS[size - 1]):
            yield f"{name}, another root", leaf, index, size, other, proof, False
        yield f"{name}, another leaf", OTHER, index, size, root, proof, False
        for how, bad in spoiled(proof, [root, leaf]):
            yield f"{name}, {how}", leaf, index, size, root, bad, False


def consistency():
    """(name, first size, its root, second size, its root, proof, good)"""
    for first, second, proof in CONSISTENCY:
        old, new, name = ROOTS[first], ROOTS[second], f"{first} to {second}"
        yield name, first, old, second, new, proof, True
        for other in {first + 1, first ^ 2, first * 2} - {first, second, 0}:
            if other < second:
                yield f"{name}, from {other}", other, old, second, new, proof, False
        for other in {second * 2, second + 1, second - 1, 2**63} - {second}:
            # The number of hashes and their sides depend on the size; where two sizes agree in both, the proof says nothing of which.
            if first < other and way(first, other) != way(first, second):
                yield f"{name}, to {other}", first, old, other, new, proof, False
        for roots in ((OTHER, new), (old, OTHER), (new, old), (ROOTS[0], new)):
            yield f"{name}, other roots", first, roots[0], second, roots[1], proof, False
        for how, bad in spoiled(proof, [old, new]):
            yield f"{name}, {how}", first, old, second, new, bad, False


def way(first, second):
    """The sides from which the proof's hashes are joined: RFC 9162, section 2.1.4.2."""
    number, last, sides = first - 1, second - 1, []
    while number & 1:
        number, last = number >> 1, last >> 1
    while last:
        left = number & 1 or number == last
        sides.append("left" if left else "right")
        while left and not number & 1 and number:
            number, last = number >> 1, last >> 1
        number, last = number >> 1, last >> 1
    return sides


# --- Keys and checkpoints.

ORIGIN, SECRET, OTHER_SECRET, WITNESS_SECRET = "log.example/vectors", 0x10c, 0x0ff, 0x3175


def public(secret):
    return curves.encoded(curves.times(secret, curves.BASE))


def key_text(name, secret, kind=1):
    typed = bytes([kind]) + public(secret)
    return f"{name}+{hashlib.sha256(name.encode() + bytes([10]) + typed).hexdigest()[:8]}+{base64.b64encode(typed).decode()}"


def line(text, name=ORIGIN, secret=SECRET, spoil=None):
    """A signature's line below that text; spoil changes its bytes: key's ID, then signature."""
    data = bytes.fromhex(key_text(name, secret).split("+", 2)[1]) + curves.ed25519_signed(secret, text.encode())
    return f"\u2014 {name} {base64.b64encode(spoil(data) if spoil else data).decode()}\n"


KEY = key_text(ORIGIN, SECRET)


def keys():
    """(name, text of a log's key, good)"""
    name, number, data = KEY.split("+", 2)
    yield "as it is", KEY, True
    yield "a plus in the key itself", next(text for text in (key_text(ORIGIN, secret) for secret in range(1, 99)) if "+" in text.split("+", 2)[2]), True
    for how, text in (("nothing", ""),
                      ("two parts", f"{name}+{number}"),
                      ("without a name", f"+{number}+{data}"),
                      ("a space in the name", key_text("log example", SECRET)),
                      ("a no-break space in the name", key_text("log\u00a0example", SECRET)), ("another ID", f"{name}+00000000+{data}"),
                      ("an ID in capitals", f"{name}+{number.upper()}+{data}"), ("a short ID", f"{name}+{number[:7]}+{data}"),
                      ("a witness's key", key_text(ORIGIN, SECRET, 4)), ("without its last character", KEY[:-1]), ("something after it", KEY + "\n"),
                      ("something before it", " " + KEY), ("another form of its base64", f"{name}+{number}+{data[:-1]}-")):
        yield how, text, False


def checkpoints():
    """(name, note, good)"""
    root = base64.b64encode(ROOTS[8]).decode()
    text = f"{ORIGIN}\n8\n{root}\n"
    good = f"{text}\n{line(text)}"
    signature = base64.b64encode(bytes(68)).decode()
    yield "as it is", good, True
    for how, note in (("an extension line", signed(f"{text}extension\n")),
                      ("an empty tree", signed(f"{ORIGIN}\n0\n{base64.b64encode(ROOTS[0]).decode()}\n")),
                      ("the largest size", signed(f"{ORIGIN}\n{2**63 - 1}\n{root}\n")),
                      ("another's line before", f"{text}\n\u2014 other.example {signature}\n{line(text)}"),
                      ("another's line after", f"{good}\u2014 other.example {signature}\n"),
                      ("its own line twice", good + line(text)), ("a line of its name and another key", good + line(text, secret=OTHER_SECRET)),
                      ("a line of another name with the same ID", good + line(text).replace(ORIGIN, "other.example")),
                      ("sixteen lines", good + f"\u2014 other.example {signature}\n" * 15),
                      ("a character beyond ASCII in an extension", signed(f"{text}\u00e9\U0001f512\n")),
                      ("a line separator in an extension", signed(f"{text}a\u2028b\n"))):
        yield how, note, True
    for how, body in (("two lines", f"{ORIGIN}\n8\n"),
                      ("no origin", f"\n8\n{root}\n"),
                      ("an empty line in the text", f"{ORIGIN}\n8\n{root}\n\nmore\n"),
                      ("a leading zero", f"{ORIGIN}\n08\n{root}\n"),
                      ("a plus sign", f"{ORIGIN}\n+8\n{root}\n"),
                      ("a minus sign", f"{ORIGIN}\n-8\n{root}\n"),
                      ("a space before the size", f"{ORIGIN}\n 8\n{root}\n"),
                      ("a space after the size", f"{ORIGIN}\n8 \n{root}\n"),
                      ("a size in other digits", f"{ORIGIN}\n\u0668\n{root}\n"),
                      ("a size beyond 64 bits", f"{ORIGIN}\n{2**64}\n{root}\n"),
                      ("no size", f"{ORIGIN}\n\n{root}\n"),
                      ("a size with a fraction", f"{ORIGIN}\n8.0\n{root}\n"),
                      ("a root of 31 bytes", f"{ORIGIN}\n8\n{base64.b64encode(bytes(31)).decode()}\n"),
                      ("a root of 33 bytes", f"{ORIGIN}\n8\n{base64.b64encode(bytes(33)).decode()}\n"),
                      ("a root without padding", f"{ORIGIN}\n8\n{root.rstrip('=')}\n"),
                      ("a root with other last bits", f"{ORIGIN}\n8\n{root[:-2]}{chr(ord(root[-2]) + 1)}=\n"),
                      ("a root in the other alphabet", f"{ORIGIN}\n8\n{base64.urlsafe_b64encode(bytes([255]) * 32).decode()}\n"),
                      ("a space after the root", f"{ORIGIN}\n8\n{root} \n"),
                      ("another origin", f"other.example\n8\n{root}\n"), ("a space after the origin", f"{ORIGIN} \n8\n{root}\n"),
                      ("carriage returns", f"{ORIGIN}\r\n8\r\n{root}\r\n"),
                      ("a tab in an extension", f"{text}a\tb\n"),
                      ("NUL in an extension", f"{text}a\0b\n"),
                      ("an escape in an extension", f"{text}\x1b[2J\n"), ("a size and root exchanged", f"{ORIGIN}\n{root}\n8\n")):
        yield how, signed(body), False
    own = line(text)
    for how, note in (("nothing", ""),
                      ("no signature", text),
                      ("no signature below the empty line", f"{text}\n"),
                      ("no empty line", text + own),
                      ("without the last newline", good[:-1]),
                      ("two empty lines", f"{text}\n\n{own}"),
                      ("an empty line after", good + "\n"),
                      ("text after", good + "more\n"),
                      ("a space before the dash", f"{text}\n {own}"),
                      ("a hyphen", f"{text}\n{own.replace(chr(0x2014), '-')}"), ("an en dash", f"{text}\n{own.replace(chr(0x2014), chr(0x2013))}"),
                      ("two spaces before the name", f"{text}\n{own.replace(chr(0x2014) + ' ', chr(0x2014) + '  ')}"),
                      ("two spaces after the name", f"{text}\n{own.replace(ORIGIN + ' ', ORIGIN + '  ')}"),
                      ("a space after the signature", f"{text}\n{own[:-1]} \n"), ("a carriage return after the signature", f"{text}\n{own[:-1]}\r\n"),
                      ("no padding", f"{text}\n{own[:-1].rstrip('=')}\n"),
                      ("the other alphabet", f"{text}\n{own.replace('+', '-').replace('/', '_')}"),
                      ("no base64", f"{text}\n\u2014 {ORIGIN} ?\n"),
                      ("nothing signed", f"{text}\n\u2014 {ORIGIN} \n"), ("the key's ID alone", f"{text}\n{line(text, spoil=lambda data: data[:4])}"),
                      ("a byte less", f"{text}\n{line(text, spoil=lambda data: data[:-1])}"),
                      ("a byte more", f"{text}\n{line(text, spoil=lambda data: data + bytes(1))}"),
                      ("one bit changed", f"{text}\n{line(text, spoil=lambda data: data[:40] + bytes([data[40] ^ 1]) + data[41:])}"),
                      ("of another text", f"{text}\n{line(text + 'more' + chr(10))}"),
                      ("by another key", f"{text}\n{line(text, secret=OTHER_SECRET)}"),
                      ("by another log's key", f"{text}\n{line(text, name='other.example', secret=OTHER_SECRET)}"),
                      ("right, and wrong below", good + line(text, spoil=lambda data: data[:-1] + bytes([data[-1] ^ 1]))),
                      ("right, and a line that is none", good + "\u2014 other.example\n"),
                      ("right, and a name with a plus", good + f"\u2014 other+example {signature}\n"),
                      ("right, and a name with a no-break space", good + f"\u2014 other\u00a0example {signature}\n"),
                      ("right, and an ID alone", good + f"\u2014 other.example {signature[:4]}AA==\n"),
                      ("right, and another's without padding", good + f"\u2014 other.example {signature.rstrip('=')}\n"),
                      ("a byte order mark", "\ufeff" + good)):
        yield how, note, False


def signed(text):
    return f"{text}\n{line(text)}"


def cosigned():
    """(name, text of a witness's key, note, time or None)"""
    text = f"{ORIGIN}\n8\n{base64.b64encode(ROOTS[8]).decode()}\n"
    name, key = "witness.example/v", key_text("witness.example/v", WITNESS_SECRET, 4)
    number = bytes.fromhex(key.split("+", 2)[1])

    def below(when, body=text, stated=None):
        signature = curves.ed25519_signed(WITNESS_SECRET, f"cosignature/v1\ntime {when}\n{body}".encode())
        data = number + (when if stated is None else stated).to_bytes(8, "big") + signature
        return f"\u2014 {name} {base64.b64encode(data).decode()}\n"

    yield "as it is", key, signed(text) + below(1700000000), 1700000000
    yield "the first second", key, signed(text) + below(0), 0
    yield "no time", key, signed(text) + line(text, name=name, secret=WITNESS_SECRET), None
    yield "another time", key, signed(text) + below(1700000000, stated=1700000001), None
    yield "a time beyond 63 bits", key, signed(text) + below(2**63), None
    yield "another checkpoint", key, signed(text) + below(1700000000, body=text + "more\n"), None
    yield "another witness", key_text("witness.example/v", OTHER_SECRET, 4), signed(text) + below(1700000000), None
    # The example of c2sp.org/tlog-cosignature: its witness's key is not published, and so the line is nobody's.
    example = ("example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
               "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
               "\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n")
    yield "the specification's example", key, example, None
