"""Random lives of a panel against an oracle that knows the rules from the product's description, not from the code.

``CPMS_LIVES`` sets how many lives are tried; every run takes 50 of 30 steps, a campaign 500.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from consent import actions as consent
from consent.states import Stage
from cpms.accounts.access import Refused
from cpms.accounts.roles import Role
from cpms.notifications.models import WorkItem
from outcomes import actions as outcomes
from outcomes.states import Decision
from panels import actions as panels
from panels.models import Contribution, Dispatch, Invitation, Panel, PanelStep
from panels.states import InvitationState
from tests.factories import GroupFactory, Story, UserFactory, give_role
from tests.panels.life_oracle import ALONE, EXPERTS, OF_EXPERT, OF_PLACE, PLACES, Oracle

LIVES, STEPS = int(os.environ.get("CPMS_LIVES", "50")), 30
step = st.one_of(
    st.tuples(st.sampled_from(OF_EXPERT), st.integers(0, EXPERTS - 1)),
    st.tuples(st.sampled_from(ALONE), st.just(0)),
    st.tuples(st.sampled_from(OF_PLACE), st.integers(0, PLACES - 1)),
)


class Life:
    """The same deeds by the product's own actions. Made once: each life begins from it and is undone again."""

    def __init__(self) -> None:
        self.story = Story()
        self.experts = [UserFactory() for _ in range(EXPERTS)]
        self.leads = [self.story.lead, UserFactory(centre=self.story.lead.centre)]
        network = self.story.panel.network
        self.places = [self.story.group, GroupFactory(network=network, number=2, name="Calcium")]
        self.coordinator = UserFactory(role="none")
        give_role(self.coordinator, Role.NETWORK_COORDINATOR, network=network)
        people = [*self.experts, *self.leads]
        mine = [Panel.objects.visible_to(one).filter(pk=self.story.panel.pk).values("pk") for one in people]
        parts = [one.order_by().query.sql_with_params() for one in mine]
        self.sight = "SELECT " + ", ".join(f"EXISTS({sql})" for sql, _values in parts)
        self.whose = [value for _sql, values in parts for value in values]

    def begin(self, state: str) -> None:
        self.story.patient.refresh_from_db()
        self.story.lead = self.leads[0]
        self.rows: dict[object, Any] = {}
        if state == "open":
            self.story.open()

    def fresh(self) -> Panel:
        """The panel as the newest deed left it: read once, for a refused deed changes nothing."""
        if "panel" not in self.rows:
            self.rows["panel"] = self.story.fresh()
        return self.rows["panel"]

    def seen(self) -> list[bool]:
        """Which experts, and which of the two clinicians, see the panel, asked by one statement that is built once."""
        with connection.cursor() as cursor:
            cursor.execute(self.sight, self.whose)
            return list(cursor.fetchone())

    def do(self, deed: str, who: int) -> bool:
        """Whether the product let it happen."""
        try:
            with transaction.atomic():
                getattr(self, deed)(self.places[who] if deed in OF_PLACE else self.experts[who])
        except Refused:
            return False
        self.rows.clear()
        return True

    def invitation(self, person):
        found = Invitation.objects.filter(panel=self.story.panel, invitee=person).order_by("sent_at").last()
        if found is None:
            raise Refused("never asked")
        return found

    def invite(self, person):
        panels.invite_experts(self.fresh(), people=[person], by=self.story.lead)

    def accept(self, person):
        panels.accept(self.invitation(person), by=person)

    def decline(self, person):
        panels.decline(self.invitation(person), reason="time", by=person)

    def reconsider(self, person):
        panels.reconsider(self.invitation(person), by=person)

    def end(self, person):
        panels.end_invitation(self.invitation(person), by=self.story.lead)

    def expire(self, person):
        """The day after the last on which they could answer; the clock looks."""
        rows = Invitation.objects.filter(panel=self.story.panel, invitee=person)
        ago = dt.timedelta(days=15)
        if not rows.filter(state=InvitationState.PENDING).update(
            expires_at=self.story.yesterday, sent_at=F("sent_at") - ago
        ):
            raise Refused("nothing to expire")
        rows.exclude(expires_at=self.story.yesterday).update(sent_at=F("sent_at") - ago)
        panels.expire_invitations(by=None)

    def contribute(self, person):
        self.story.contribute(person)

    def recall(self, person):
        said = Contribution.objects.filter(panel=self.story.panel, author=person).order_by("-at").first()
        if said is None:
            raise Refused("nothing said")
        panels.recall(said, by=person)

    def sign(self, person):
        panel = self.fresh()
        number = panel.outcome.number if hasattr(panel, "outcome") else 0
        outcomes.sign(panel, decision=Decision.SIGNED, number=number, by=person)

    def open(self, _person):
        panels.open_panel(self.fresh(), by=self.story.lead)

    def hand_over(self, _person):
        other = self.leads[self.story.lead == self.leads[0]]
        panels.hand_over([self.story.patient], to=other, by=self.story.lead)
        self.story.lead = other
        self.story.patient.refresh_from_db()

    def address(self, place):
        panels.address(self.fresh(), network=place.network, group=place, by=self.story.lead)

    def newest_at(self, place):
        if place not in self.rows:
            rows = Dispatch.objects.filter(panel=self.story.panel, group=place)
            self.rows[place] = rows.with_surroundings().order_by("asked_at").last()
        if self.rows[place] is None:
            raise Refused("never put before them")
        return self.rows[place]

    def take_up(self, place):
        panels.take_up(self.newest_at(place), by=self.coordinator)

    def give_back(self, place):
        panels.return_with_question(self.newest_at(place), reason="Which dose?", by=self.coordinator)

    def forward(self, place):
        other = self.places[place == self.places[0]]
        words = {"network": other.network, "group": other, "reason": "They know more."}
        panels.forward(self.newest_at(place), by=self.coordinator, **words)

    def clarify(self, place):
        panels.clarify(self.newest_at(place), text="Ten.", by=self.story.lead)

    def start_outcome(self, _person):
        outcomes.start_outcome(self.fresh(), by=self.story.lead)

    def send(self, _person):
        panel = self.fresh()
        version = panel.outcome.version if hasattr(panel, "outcome") else 0
        outcomes.write_outcome(panel, conclusion="Salt.", items=[], version=version, by=self.story.lead)
        outcomes.send_for_signature(self.fresh(), by=self.story.lead)

    def close(self, _person):
        outcomes.close_panel(self.fresh(), by=self.story.lead, although=9)

    def reopen(self, _person):
        panels.reopen(self.fresh(), by=self.story.lead)

    def withdraw(self, _person):
        panels.withdraw(self.fresh(), by=self.story.lead)

    def archive(self, _person):
        panels.archive(self.fresh(), by=self.story.lead)

    def unarchive(self, _person):
        panels.unarchive(self.fresh(), by=self.story.lead)

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
    @given(begins=st.sampled_from(["draft", "open"]), steps=st.lists(step, min_size=STEPS, max_size=STEPS))
    def one(begins, steps):
        with transaction.atomic():
            life.begin(begins)
            live(life, Oracle(state=begins), steps)
            transaction.set_rollback(True)

    one()


def live(life: Life, oracle: Oracle, steps: list[tuple[str, int]]) -> None:
    """Thirty deeds, each possible when the oracle says so."""
    for number, (deed, who) in enumerate(steps):
        wanted = oracle.allows(deed, who)
        assert (number, deed, life.do(deed, who)) == (number, deed, wanted)
        if wanted:  # a refused deed was rolled back: there is nothing to look at that was not looked at before
            oracle.after(deed, who)
            check(life, oracle)


def check(life: Life, oracle: Oracle) -> None:
    """State, sight, history and what waits agree with the oracle."""
    panel = life.fresh()
    assert (panel.state, panel.archived_at is not None) == (oracle.state, oracle.archived)
    treating = [number == oracle.lead for number in range(len(life.leads))]
    assert life.seen() == [*(oracle.sees(number) for number in range(EXPERTS)), *treating]
    steps = list(PanelStep.objects.filter(panel=panel).values_list("source", "target"))
    assert all(earlier[1] == later[0] for earlier, later in itertools.pairwise(steps))
    assert WorkItem.objects.open().filter(verb="dispatch").count() == oracle.waits_for_coordinators
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
