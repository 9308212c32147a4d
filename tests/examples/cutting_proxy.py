"""A poor line to the portal: each connection is broken off after a random number of bytes, wherever that falls.

usage: cutting_proxy.py TARGET_PORT LEAST MOST FILE [TIMES]
FILE gets the port that it listens on. After TIMES broken connections (never, unless given) the line is good.
"""
import asyncio
import os
import random
import socket
import struct
import sys

target, least, most = (int(text) for text in sys.argv[1:4])
broken, times = 0, int(sys.argv[5]) if len(sys.argv) > 5 else sys.maxsize


class Line:
    def __init__(self, left):
        self.left = left

    async def pass_on(self, reader, writer):
        while data := await reader.read(16384):
            writer.write(data[:self.left])
            await writer.drain()
            self.left -= len(data)
            if self.left <= 0:
                return


async def serve(reader, writer):
    global broken
    line = Line(random.randint(least, most) if broken < times else sys.maxsize)
    try:
        upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", target)
    except ConnectionError:
        return writer.close()
    directions = [asyncio.ensure_future(line.pass_on(reader, upstream_writer)), asyncio.ensure_future(line.pass_on(upstream_reader, writer))]
    await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)  # either end, or the limit
    for direction in directions:
        direction.cancel()
    await asyncio.gather(*directions, return_exceptions=True)
    broken += line.left <= 0
    for end in (writer, upstream_writer):
        if line.left <= 0:  # as a broken line does: no orderly end
            end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.transport.abort()
        end.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    with open(sys.argv[4] + ".new", "w") as file:
        file.write(str(server.sockets[0].getsockname()[1]))
    os.replace(sys.argv[4] + ".new", sys.argv[4])
    await server.serve_forever()


asyncio.run(main())
