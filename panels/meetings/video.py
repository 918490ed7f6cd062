"""The way into a video room: one interface, two servers. The only place that signs for them or speaks to them.

A way in is made at the moment somebody joins, for this person and this room, after the rules were asked. Nothing is
recorded: a Jitsi token forbids it, a BigBlueButton room is opened without it. Rooms have names of 128 random bits.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt

from cpms import clock
from panels.meetings.models import VideoService
from panels.meetings.states import VideoKind

LASTS, EARLIER = dt.timedelta(minutes=10), dt.timedelta(seconds=30)
PATIENCE, LONGEST = 5, 64_000
"""Seconds that a server may take to begin its answer and to end it, and bytes of the answer that are read: the person who joins waits
for it in their request, so a slow server costs one of the web's workers that long and no longer."""


class NoWayIn(Exception):
    """The server gave no room. The message is for the person who wanted in."""


@dataclass(frozen=True)
class Visitor:
    """Who comes in: how the others see them, and whether they run the meeting."""

    key: str
    name: str
    moderator: bool


def new_room() -> str:
    return secrets.token_hex(16)


def passing_room(service: VideoService, thing: Any) -> str:
    """The room of a thing for today, the same for everybody and kept nowhere; nobody can work it out without the secret."""
    words = f"{thing._meta.label_lower}:{thing.pk}:{clock.today()}"
    return hmac.new(service.secret.encode(), words.encode(), hashlib.sha256).hexdigest()[:32]


def way_in(service: VideoService, room: str, visitor: Visitor) -> str:
    """An address that lets this visitor in now. Raises ``NoWayIn`` when the server does not give the room."""
    return WAYS[VideoKind(service.kind)](service, room, visitor)


def opaque(room: str, visitor: Visitor) -> str:
    """A key for the person in this room alone."""
    return hashlib.sha256(f"{room}:{visitor.key}".encode()).hexdigest()[:16]


def jitsi(service: VideoService, room: str, visitor: Visitor) -> str:
    """A JWT (RFC 7519, HS256) as Jitsi's token authentication reads it: for one room, ten minutes, nothing recorded."""
    now = clock.now()
    user = {"id": opaque(room, visitor), "name": visitor.name, "moderator": visitor.moderator}
    claims = {
        "aud": "jitsi",
        "iss": service.app_id,
        "sub": urlsplit(service.address).hostname,
        "room": room,
        "nbf": int((now - EARLIER).timestamp()),
        "exp": int((now + LASTS).timestamp()),
        "context": {"user": user, "features": dict.fromkeys(("recording", "livestreaming", "transcription"), False)},
    }
    return f"{service.address.rstrip('/')}/{room}?jwt={jwt.encode(claims, service.secret, algorithm='HS256')}"


def big_blue_button(service: VideoService, room: str, visitor: Visitor) -> str:
    """The room is opened unless it is there, without recording; the way in holds for this session of it alone."""
    off = dict.fromkeys(("record", "autoStartRecording", "allowStartStopRecording"), "false")
    opened = asked(
        call(service, "create", {"meetingID": room, "name": "Meeting", "guestPolicy": "ASK_MODERATOR", **off})
    )
    since = re.search(r"<createTime>(\d+)</createTime>", opened)
    if "<returncode>SUCCESS</returncode>" not in opened or since is None:
        raise NoWayIn("The video server gives no room at the moment. Try again, or tell the helpdesk.")
    who = {
        "fullName": visitor.name,
        "userID": opaque(room, visitor),
        "role": "MODERATOR" if visitor.moderator else "VIEWER",
    }
    return call(service, "join", {"meetingID": room, "createTime": since[1], "redirect": "true", **who})


def call(service: VideoService, name: str, words: dict[str, str]) -> str:
    """An address of BigBlueButton's interface, with the checksum that proves that we know the secret."""
    query = urlencode(words)
    checksum = hashlib.sha256(f"{name}{query}{service.secret}".encode()).hexdigest()
    return f"{service.address.rstrip('/')}/bigbluebutton/api/{name}?{query}&checksum={checksum}"


def asked(address: str) -> str:
    """What the server answers. The address comes from the staff site's settings, never from somebody's typing."""
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310
            body = read_within(answer, time.monotonic() + PATIENCE)
    except (urllib.error.URLError, OSError) as error:
        raise NoWayIn("The video server does not answer at the moment. Try again, or tell the helpdesk.") from error
    return body.decode("utf-8", "replace")


def read_within(answer: Any, deadline: float) -> bytes:
    """The beginning of the body; a server that says it drop by drop is left. Raises ``TimeoutError``."""
    body = b""
    while len(body) < LONGEST and (part := answer.read1(LONGEST)):
        body += part
        if time.monotonic() > deadline:
            raise TimeoutError
    return body


WAYS = {VideoKind.JITSI: jitsi, VideoKind.BIG_BLUE_BUTTON: big_blue_button}
