"""Where a person may meet one panel: what is asked over an open session, and whether the answer shows it."""

from __future__ import annotations

from collections.abc import Container

from django.urls import reverse

from cpms.accounts.models import User
from tests.access.scene import Scene
from tests.clients import signed_in
from tests.factories import CANARIES

NAMES = "list search work news experts outcome PDF meeting calendar file export mails admin".split()
LISTS = ("list", "search", "work")
OF_CASE = ("file", "export")
STAFF = "/helpdesk/"


def addresses(scene: Scene) -> dict[str, str]:
    """Every surface of the panel by its own address; the panel's page comes first."""
    ref, story = scene.story.panel.ref, scene.story
    return {
        "page": scene.path,
        "list": reverse("panels:list"),
        "search": reverse("panels:search"),
        "work": "/",
        "news": reverse("panels:news", args=[ref]),
        "experts": reverse("panels:experts", args=[ref]),
        "outcome": reverse("outcomes:edit", args=[ref]),
        "PDF": reverse("outcomes:download", args=[scene.document.pk]),
        "meeting": reverse("meetings:detail", args=[scene.meeting.pk]),
        "calendar": reverse("meetings:calendar", args=[scene.meeting.pk]),
        "file": reverse("cases:file", args=[story.file.pk]),
        "export": reverse("cases:phenopacket", args=[story.case.pk]),
        "mails": reverse("mails"),
        "admin": STAFF,
    }


def answer(scene: Scene, who: str, user: User, name: str, address: str):
    """The answer to the session that the person has open; signed in anew where that session was ended."""

    def once():
        client = scene.clients[who]
        if name == "search":
            return client.post(address, {"words": scene.story.panel.ref}, secure=True)
        return client.get(address, secure=True)

    found = once() if who in scene.clients else None
    if found is None or (found.status_code == 302 and user.is_active):
        scene.clients[who] = signed_in(user)
        found = once()
    return found


def probe(scene: Scene, who: str, only: Container[str], done: list[str]) -> int:
    """Ask for the surfaces named in ``only`` and compare each with the model; gives how many were asked."""
    user = scene.fresh(who)
    asked = {name: address for name, address in addresses(scene).items() if name in only}
    for name, address in asked.items():
        got = answer(scene, who, user, name, address)
        body = b"".join(got.streaming_content) if got.streaming else got.content
        leaked = {token for token in CANARIES if token.encode() in body}
        assert leaked <= readable(scene, who, name), (who, name, leaked, done)
        right = as_told(scene, who, name, got.status_code, shown=scene.path.encode() in body)
        assert right, (who, name, got.status_code, done)
    return len(asked)


def readable(scene: Scene, who: str, name: str) -> set[str]:
    """The canaries that may stand in the answer."""
    if scene.model.sees_case(who) and name != "admin":
        return set(CANARIES)
    story = scene.story
    return {story.canary("question"), story.canary("diagnosis")} if scene.model.sees_sheet(who) else set()


def as_told(scene: Scene, who: str, name: str, status: int, *, shown: bool) -> bool:
    """Whether one answer is what the model says of this person on this surface."""
    model = scene.model
    sees = model.sees_case(who)
    if who == "expert" and not model.active:
        return status == 302 and not shown
    if name in LISTS:
        return shown is sees or (name == "work" and not shown)
    told = {"page": 200 if sees else 404, "mails": 200, "admin": 200 if who == "helpdesk" and model.is_staff else 403}
    if name in told:
        return status == told[name]
    return (status != 404) is (sees and (name not in OF_CASE or who != "helpdesk"))
