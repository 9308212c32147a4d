"""Archives put together by hand: in the one form that an export has (server/base/archive/form.hpp), and then changed in one thing.

data = in_form({"leaves": b"..."})              # as the portal packs
parts = parts_of({...}); parts[0].before = b"x"; data = laid_out(parts)
"""
import struct
import zlib

LOCAL_BYTES, END_BYTES = 30, 22  # of headers before the name, and of the end


class Part:
    """One file. Its headers are made from its members, and then changed by local and central."""

    def __init__(self, path, text, deflated=True):
        self.path, self.method = path.encode(), 8 if deflated else 0
        self.checksum, self.size = zlib.crc32(text), len(text)
        stream = zlib.compressobj(6, zlib.DEFLATED, -15)
        self.data = stream.compress(text) + stream.flush() if deflated else text
        self.packed_size = len(self.data)
        self.before = b""  # bytes that belong to no file
        self.local = self.central = lambda header: header

    def facts(self):
        return struct.pack("<HHHHHIIIHH", 20, 0, self.method, 0, 0x21, self.checksum, self.packed_size, self.size, len(self.path), 0)

    def local_header(self):
        return self.local(b"PK\x03\x04" + self.facts() + self.path)

    def central_header(self, offset):
        return self.central(b"PK\x01\x02" + struct.pack("<H", 20) + self.facts() + bytes(10) + struct.pack("<I", offset) + self.path)


def parts_of(files):
    return [Part(path, files[path], not path.startswith("files/")) for path in sorted(files)]


def laid_out(parts, after=b""):
    """after: bytes between the last file and the table of contents."""
    data, table = bytearray(), b""
    for part in parts:
        data += part.before
        table += part.central_header(len(data))
        data += part.local_header() + part.data
    data += after
    return bytes(data) + table + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, len(parts), len(parts), len(table), len(data), 0)


def in_form(files):
    return laid_out(parts_of(files))


def put(at, new):
    """A change of a header."""
    return lambda header: header[:at] + new + header[at + len(new):]
