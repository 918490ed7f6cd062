"""Random lives of a panel against an oracle that knows the rules from the product's description, not from the code.

``CPMS_LIVES`` sets how many lives are tried; every run takes 20 of 30 steps, a campaign 500.
"""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass, field

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from consent import actions as consent
from consent.states import Stage
from cpms.accounts.access import Refused
from cpms.notifications.models import WorkItem
from outcomes import actions as outcomes
from outcomes.states import Decision
from panels import actions as panels
from panels.models import Invitation, Panel, PanelStep
from tests.factories import Story, UserFactory

LIVES, STEPS, EXPERTS = int(os.environ.get("CPMS_LIVES", "20")), 30, 3
RUNNING = {"open", "outcome"}
WITH_EXPERT = ("invite", "accept", "decline", "end", "contribute", "sign")
ALONE = (
    "start_outcome",
    "send",
    "close",
    "reopen",
    "withdraw",
    "withdraw_consent",
    "give_consent",
    "archive",
    "unarchive",
)
step = st.one_of(
    st.tuples(st.sampled_from(WITH_EXPERT), st.integers(0, EXPERTS - 1)),
    st.tuples(st.sampled_from(ALONE), st.just(0)),
)


@dataclass
class Oracle:
    """What must be true after each deed. ``allows`` says whether a deed is possible, ``after`` notes that it was done."""

    state: str = "open"
    consent: bool = True
    archived: bool = False
    seat: dict[int, str] = field(default_factory=dict)
    said: int = 0
    outcome: str = ""
    unsigned: set[int] = field(default_factory=set)
    signed: set[int] = field(default_factory=set)

    @property
    def alive(self) -> bool:
        return self.consent and self.state in RUNNING

    def allows(self, deed: str, who: int) -> bool:
        seat = self.seat.get(who)
        return {
            "invite": self.alive,
            "accept": self.alive and seat == "pending",
            "decline": self.alive and seat == "pending",
            "end": self.alive and seat in {"pending", "accepted"},
            "contribute": self.alive and seat == "accepted",
            "sign": self.alive and seat == "accepted" and self.outcome == "signing" and who in self.unsigned,
            "start_outcome": self.consent and self.state == "open" and self.said > 0,
            "send": self.consent and self.state == "outcome",
            "close": self.consent and self.state == "outcome" and self.outcome == "signing",
            "reopen": self.consent and self.state == "closed" and not self.archived,
            "archive": self.state in {"closed", "withdrawn"} and not self.archived,
            "unarchive": self.archived,
            "withdraw": self.state in RUNNING,
            "withdraw_consent": True,
            "give_consent": True,
        }[deed]

    def after(self, deed: str, who: int) -> None:
        if deed == "invite":
            self.seat[who] = self.seat[who] if self.seat.get(who) in {"pending", "accepted"} else "pending"
        elif deed in {"accept", "decline", "end"}:
            self.seat[who] = {"accept": "accepted", "decline": "declined", "end": "gone"}[deed]
            late = deed == "accept" and (self.state, self.outcome) == ("outcome", "signing")
            self.unsigned |= {who} - self.signed if late else set()
        elif deed == "contribute":
            self.said += 1
        elif deed == "sign":
            self.unsigned.discard(who)
            self.signed.add(who)
        elif deed == "send":
            self.outcome, self.unsigned = "signing", {n for n, seat in self.seat.items() if seat == "accepted"}
            self.signed = set()
        elif deed in {"withdraw_consent", "give_consent"}:
            self.consent = deed == "give_consent"
        elif deed in {"archive", "unarchive"}:
            self.archived = deed == "archive"
        else:
            self.state = {"start_outcome": "outcome", "close": "closed", "reopen": "open", "withdraw": "withdrawn"}[
                deed
            ]
            self.outcome = "draft" if deed == "start_outcome" else self.outcome
            self.outcome = "final" if deed == "close" else self.outcome

    def sees(self, who: int) -> bool:
        return self.consent and self.seat.get(who) == "accepted" and self.state in {*RUNNING, "closed"}


class Life:
    """The same deeds by the product's own actions. Made once: each life begins from it and is undone again."""

    def __init__(self) -> None:
        self.story = Story()
        self.experts = [UserFactory() for _ in range(EXPERTS)]
        self.story.open()
        mine = [Panel.objects.visible_to(one).filter(pk=self.story.panel.pk).values("pk") for one in self.experts]
        parts = [one.order_by().query.sql_with_params() for one in mine]
        self.sight = "SELECT " + ", ".join(f"EXISTS({sql})" for sql, _values in parts)
        self.whose = [value for _sql, values in parts for value in values]

    def begin(self) -> None:
        self.story.patient.refresh_from_db()

    def seen(self) -> list[bool]:
        """Which experts see the panel, asked by one statement that is built once."""
        with connection.cursor() as cursor:
            cursor.execute(self.sight, self.whose)
            return list(cursor.fetchone())

    def do(self, deed: str, who: int) -> bool:
        """Whether the product let it happen."""
        try:
            with transaction.atomic():
                getattr(self, deed)(self.experts[who])
        except Refused:
            return False
        return True

    def invitation(self, person):
        found = Invitation.objects.filter(panel=self.story.panel, invitee=person).order_by("sent_at").last()
        if found is None:
            raise Refused("never asked")
        return found

    def invite(self, person):
        panels.invite_experts(self.story.fresh(), people=[person], by=self.story.lead)

    def accept(self, person):
        panels.accept(self.invitation(person), by=person)

    def decline(self, person):
        panels.decline(self.invitation(person), reason="time", by=person)

    def end(self, person):
        panels.end_invitation(self.invitation(person), by=self.story.lead)

    def contribute(self, person):
        self.story.contribute(person)

    def sign(self, person):
        panel = self.story.fresh()
        number = panel.outcome.number if hasattr(panel, "outcome") else 0
        outcomes.sign(panel, decision=Decision.SIGNED, number=number, by=person)

    def start_outcome(self, _person):
        outcomes.start_outcome(self.story.fresh(), by=self.story.lead)

    def send(self, _person):
        panel = self.story.fresh()
        version = panel.outcome.version if hasattr(panel, "outcome") else 0
        outcomes.write_outcome(panel, conclusion="Salt.", items=[], version=version, by=self.story.lead)
        outcomes.send_for_signature(self.story.fresh(), by=self.story.lead)

    def close(self, _person):
        outcomes.close_panel(self.story.fresh(), by=self.story.lead, although=9)

    def reopen(self, _person):
        panels.reopen(self.story.fresh(), by=self.story.lead)

    def withdraw(self, _person):
        panels.withdraw(self.story.fresh(), by=self.story.lead)

    def archive(self, _person):
        panels.archive(self.story.fresh(), by=self.story.lead)

    def unarchive(self, _person):
        panels.unarchive(self.story.fresh(), by=self.story.lead)

    def withdraw_consent(self, _person):
        consent.withdraw_consent(self.story.patient, by=self.story.lead, stage=Stage.CARE)

    def give_consent(self, _person):
        self.story.give_consent(self.story.patient)


@pytest.mark.long
@pytest.mark.django_db
def test_random_lives():
    life = Life()

    @settings(
        max_examples=LIVES,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],  # thirty steps are short enough to read; shrinking takes minutes
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(steps=st.lists(step, min_size=STEPS, max_size=STEPS))
    def one(steps):
        with transaction.atomic():
            life.begin()
            live(life, steps)
            transaction.set_rollback(True)

    one()


def live(life: Life, steps: list[tuple[str, int]]) -> None:
    """Thirty deeds, each possible when the oracle says so."""
    oracle = Oracle()
    for number, (deed, who) in enumerate(steps):
        wanted = oracle.allows(deed, who)
        assert (number, deed, life.do(deed, who)) == (number, deed, wanted)
        if wanted:  # a refused deed was rolled back: there is nothing to look at that was not looked at before
            oracle.after(deed, who)
            check(life, oracle)


def check(life: Life, oracle: Oracle) -> None:
    """State, sight, history and what waits agree with the oracle."""
    panel = life.story.fresh()
    assert (panel.state, panel.archived_at is not None) == (oracle.state, oracle.archived)
    assert life.seen() == [oracle.sees(number) for number in range(EXPERTS)]
    steps = list(PanelStep.objects.filter(panel=panel).values_list("source", "target"))
    assert all(earlier[1] == later[0] for earlier, later in itertools.pairwise(steps))
    waits = WorkItem.objects.open().filter(subject_id=panel.pk)
    if oracle.state in {"closed", "withdrawn"}:
        left = {"effect"} if oracle.state == "closed" and oracle.consent else set()
        assert set(waits.values_list("verb", flat=True)) <= left
        assert not WorkItem.objects.open().filter(verb="answer").exists()
    if oracle.state != "open":
        assert not waits.filter(verb="reply").exists()
    asked = set(waits.filter(verb="sign").values_list("who", flat=True))
    expected = oracle.unsigned if oracle.outcome == "signing" and oracle.state == "outcome" else set()
    assert asked <= {life.experts[number].pk for number in expected}
