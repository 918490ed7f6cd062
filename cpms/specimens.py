"""Invented rows for the gallery: what the parts of real pages need to be drawn."""

from __future__ import annotations

import datetime as dt
import uuid
from types import SimpleNamespace as Row
from typing import Any

from django.core.paginator import Paginator

from cpms import clock
from cpms.charts import Bars, Cell, Line, Over
from cpms.locking import ClashField


def work(panel: Any) -> list[Row]:
    """One row of each urgency: overdue, soon, later."""
    days = (
        (-1, "reply", "Write advice", "You accepted; your advice is awaited."),
        (2, "sign", "Sign", "You are asked to sign the outcome."),
        (40, "answer", "Answer", "You are asked for advice."),
    )
    return [
        Row(
            item=Row(
                ref=panel.ref,
                path="#main",
                urgent=ahead < 0,
                due_at=clock.now() + dt.timedelta(days=ahead),
                verb=verb,
                get_verb_display=words,
                why=why,
            ),
            panel=Row(**vars(panel) | {"group": Row(name=panel.group)}),
            sheet_only=verb == "answer",
            about="",
            patient=None,
        )
        for ahead, verb, words, why in days
    ]


def lab(label: str, value: str, unit: str, between: str, flag: str, question: str = "") -> Row:
    held = Row(label=label, value_text=value, taken="6 months", comparator="", note="")
    return Row(
        lab=held,
        label=label.partition(" [")[0],
        material=label.partition("] in ")[2].lower(),
        spoken_unit=unit,
        range_text=between,
        whose="laboratory",
        whose_range="laboratory’s own" if between else "",
        flag=flag,
        question=question,
        by_condition=[],
        converted="",
    )


LABS = [
    lab("Sodium [Moles/volume] in Serum", "129", "mmol/L", "135–145", "low"),
    lab("Potassium [Moles/volume] in Serum", "6.1", "mmol/L", "3.5–5.5", "high"),
    lab("Chloride [Moles/volume] in Serum", "101", "mmol/L", "98–107", "normal"),
    lab("Calcium [Mass/volume] in Serum", "9.6", "", "", "", "Is the unit mg/dL?"),
]
TREND = Row(
    name="Sodium",
    spoken_unit="mmol/L",
    range_text="135–145",
    chart=Row(band=(8, 24), line="4,56 120,40 236,20", dots=[(4, 56), (120, 40), (236, 20)]),
    shown=[
        (Row(lab=Row(taken="5 months", comparator="")), "124"),
        (Row(lab=Row(taken="7 months", comparator="")), "131"),
    ],
)


def experts(people: list[Any], until: dt.date) -> list[tuple[Row, Any, str]]:
    """Free, and away with much that waits."""
    why, answers = "Has 4 panels on this condition. Same language.", "usually answers in 2 days"
    free = Row(why=why, waits="nothing waits for them", answers=answers, busy=False)
    busy = Row(why="", waits="5 panels wait for them, a lot", answers="not asked yet", busy=True)
    for person, away in ((people[0], False), (people[2], True)):
        person.is_away, person.away_until = away, until
    return [(free, people[0], "free"), (busy, people[2], "busy")]


def meeting(panel: Any, people: list[Any]) -> dict[str, Any]:
    """Three turns: done, now, to come and not one's own."""
    ends = clock.now() + dt.timedelta(minutes=40)
    held = Row(pk=uuid.uuid4(), state="planned", ends_at=ends)
    lines = []
    for done, begun, own in ((True, True, True), (False, True, True), (False, False, False)):
        item = Row(
            done_at=done, running=begun and not done, begun=begun, used=480, presenter=people[0] if own else None
        )
        told = {
            "used_minutes": 8,
            "minutes": 15,
            "decisions": 1 if done else 0,
            "waits": False,
            "presenter_here": not done,
        }
        lines.append(Row(ref=panel.ref, panel=panel if own else None, item=item, over=False, clock="08:00", **told))
    decisions = [
        Row(text="Check the salt intake for a week.", owner=people[0], due_on=clock.today(), dissent=""),
        Row(text="Raise the dose.", owner=None, due_on=None, dissent="Dr Jo Ek: not before the intake is known."),
    ]
    seats = [Row(pk=number, who=person, present=number != 1) for number, person in enumerate(people)]
    shown = {
        "meeting": held,
        "lines": lines,
        "shown": lines[1],
        "turn": lines[1],
        "place": 2,
        "ends": ends,
        "stamp": "",
    }
    return {**shown, "decisions": decisions, "attendance": seats, "present": 2, "may_run": False, "may_decide": False}


def outcome(people: list[Any]) -> dict[str, Any]:
    """Advice with and without a dissent, and each state of a signature."""
    first = Row(
        number=1, kind_label="Treatment", strength_label="Strong", by=people[0].display_name, where="Graz, Austria"
    )
    first.agree, first.text, first.owner, first.due = 3, "Keep the dose for two weeks.", "Treating team", clock.today()
    first.dissents = [Row(who="Dr Jo Ek", where="Umeå, Sweden", text="Not before the salt intake is known.")]
    second = Row(number=2, kind_label="", strength_label="Option", by="", text="Think of a second cause.", dissents=[])
    second.owner, second.due = "", None
    states = ("signed", "dissent", "silent", "pending")
    signatures = [
        Row(who=people[number % 3], decision=state, number=2, at=clock.now(), about="1", text="As said in the meeting.")
        for number, state in enumerate(states)
    ]
    text = Row(advice=[first, second], plain="The medicine stays the same for two weeks.")
    return {
        "text": text,
        "signatures": signatures,
        "answered": signatures[:2],
        "outcome": Row(sent_at=clock.now(), sign_by=clock.now()),
    }


CHARTS = [
    Over(
        "Users went from 40 to 90; 20 to 31 of them were active in a month",
        "Users and active users, January to March 2026",
        ((1, "Jan 2026"), (2, "Feb 2026"), (3, "Mar 2026")),
        (Line("Users", "90 users", (40, 62, 90)), Line("Active", "31 active", (20, 28, 31))),
    ),
    Bars(
        "Half of the panels have a first answer within 2 days",
        "The middle wait and the slowest tenth",
        "Step",
        ("Half within", "Nine tenths within"),
        (
            ("To the first answer", (Cell(2, "2 days"), Cell(6, "6 days"))),
            ("To the close", (Cell(24, "24 days"), Cell(61, "61 days"))),
        ),
    ),
]


CLASH = [
    ClashField("name", "Name", "Adrenal surgeons", "Surgeons of the adrenal"),
    ClashField("urgency", "Urgency", "Soon", "Routine", ("soon", "routine")),
]


def talk(people: list[Any]) -> dict[str, Any]:
    """Each kind of objection, and who has seen the newest words."""
    kinds = (("amend", "Amend", "Two weeks, not one."), ("dissent", "Dissent", "Not before the intake is known."))
    before = (None, clock.now() - dt.timedelta(days=4), clock.now())
    readers = [
        Row(person=person, last_here=here, up_to_date=here == before[-1])
        for person, here in zip(people, before, strict=False)
    ]
    stances = [
        Row(kind=kind, get_kind_display=word, who=people[2], text=text, at=clock.now()) for kind, word, text in kinds
    ]
    return {"stances": stances, "readers": readers}


def parts(panel: Any, people: list[Any]) -> dict[str, Any]:
    """Everything that ``ui/_parts.html`` shows."""
    panel.title, panel.lead, panel.pk = "Salt loss in an infant", people[0], None
    panel.question, panel.state = "Sodium stays low. Raise the dose, or look for a second cause?", "open"
    return {
        "work": work(panel),
        "charts": CHARTS,
        "labs": LABS,
        "trend": TREND,
        "experts": experts(people, clock.today() + dt.timedelta(days=9)),
        "sheet": meeting(panel, people),
        "advised": outcome(people),
        "talk": talk(people),
        "page": Paginator(range(30), 10).page(2),
        "clash": Row(fields=CLASH, chosen=True),
    }
