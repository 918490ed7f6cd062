"""Catch mail instead of sending it: ``python -m tools.local.mail_sink PORT FOLDER``.

Each message becomes one private ``.eml`` file; the envelope's recipients stand in ``X-Envelope-To``. The file appears whole or
not at all, so a reader never sees half a message.
"""

from __future__ import annotations

import asyncio
import itertools
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from tools.local import keys

MAX_BYTES = 10_000_000


class Sink:
    """Writes what arrives into ``folder``; names sort by time of arrival."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = itertools.count()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (the library's name)
        """Keep one message."""
        content = envelope.content or b""
        text = content if isinstance(content, str) else content.decode("utf-8", "surrogateescape")
        name = f"{datetime.now(tz=UTC):%Y%m%dT%H%M%S.%f}-{next(self.numbers):06d}.eml"
        head = f"X-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
        keys.write_private(
            self.folder / name, (head + text).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        )
        return "250 Kept"


async def serve(port: int, folder: Path) -> None:
    """Listen on loopback until SIGTERM."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    sink = Sink(folder)
    server = await loop.create_server(
        lambda: SMTP(sink, enable_SMTPUTF8=True, data_size_limit=MAX_BYTES, loop=loop), host="127.0.0.1", port=port
    )
    async with server:
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
