"""An SMTP server that takes a mail and then says nothing until it is told to: the moment a sender can die in.

``python -m tests.notifications.stalling PORT FOLDER``: each accepted message is written to ``FOLDER``; while the file
``FOLDER/stall`` exists, the answer to it is held back.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP


class Stalling:
    def __init__(self, folder: Path) -> None:
        self.folder, self.numbers = folder, itertools.count()

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 the library's name
        (self.folder / f"{next(self.numbers):06d}.eml").write_bytes(envelope.content)
        while (self.folder / "stall").exists():
            await asyncio.sleep(0.02)
        return "250 Kept"


async def serve(port: int, folder: Path) -> None:
    handler, loop = Stalling(folder), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, loop=loop), host="127.0.0.1", port=port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
