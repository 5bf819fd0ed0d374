"""Forwards TCP connections until its standard input ends: forward.py ADDRESS TARGET_ADDRESS TARGET_PORT; prints its port."""

import asyncio
import os
import sys

CHUNK = 65536


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def main() -> None:
    address, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            target_reader, target_writer = await asyncio.open_connection(host, port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(pump(reader, target_writer), pump(target_reader, writer))

    server = await asyncio.start_server(forward, address)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    # What is still being forwarded does not keep the process.
    os._exit(0)


asyncio.run(main())
