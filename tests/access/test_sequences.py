"""Sequences of deeds, drawn by chance: after each of them everybody sees exactly what an independent model says.

The model knows nothing of querysets, policies or grants; it is a handful of facts about one panel. Fifty others in every
run; ``bin/campaign access`` for 500 of thirty deeds.
"""

from __future__ import annotations

import os
import secrets
from itertools import cycle

import pytest
from django.core import mail
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from cpms.drafts.models import Draft
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage
from tests.access.model import DEEDS, FITS, OF_EXPERT, OF_LEAD, PEOPLE
from tests.access.scene import Scene
from tests.access.sight import Sight
from tests.access.surfaces import NAMES, probe
from tests.evidence import note
from tests.factories import CANARIES

pytestmark = [pytest.mark.long, pytest.mark.django_db(databases=["default", "cachedb"])]
IN_LARGE = "CPMS_CAMPAIGN" in os.environ  # an ordinary run leaves the further surfaces to ``test_revocation``
MANY, STEPS = int(os.environ.get("CPMS_SEQUENCES", "50")), int(os.environ.get("CPMS_STEPS", "9"))
SEED = int(os.environ.get("CPMS_SEED") or secrets.randbelow(1_000_000))  # others in every run
HALVES = (0, 1) if IN_LARGE else (0,)  # two processes take one each
DRAWN = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9999)), min_size=STEPS if IN_LARGE else 3, max_size=STEPS)
HARMLESS = {"CPMS: a panel has ended", "CPMS: you are invited as a guest"}  # the second opens an account, and no more
AFTER_A_CHANGE = 3 if IN_LARGE else 0  # surfaces by turns, besides the panel's page


class Play:
    """What the sequences of one process have asked, for the evidence."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.sight, self.turns = scene, Sight(), cycle(NAMES)
        self.counted = {"sequences": 0, "deeds": 0, "refused": 0, "views": 0, "answers": 0}

    def sequence(self, drawn: list[tuple[int, int]], first: int) -> None:
        """Undone at its end, so that the next begins from the same scene."""
        with transaction.atomic():
            self.scene.begin()
            self.counted["sequences"] += 1
            done: list[str] = []
            for among_all, number in drawn:
                self.step(self.choose(among_all, number), done)
            self.compare(done, fresh=IN_LARGE or first % 5 == 0)
            self.look_once_more(first, done)
            self.send_what_waits(done)
            transaction.set_rollback(True)

    def choose(self, among_all: int, number: int) -> str:
        """Mostly a deed that makes sense now; of five draws one is among all of them, and mostly refused."""
        fitting = [deed for deed in DEEDS if not among_all or FITS[deed](self.scene.model)]
        return fitting[number % len(fitting)]

    def step(self, deed: str, done: list[str]) -> None:
        """One deed, the querysets of everybody, and the pages of those who see more or less than before."""
        model = self.scene.model
        before = {who: model.sees_case(who) for who in PEOPLE}
        gone = (deed in OF_LEAD and not model.leads) or (deed in OF_EXPERT and not model.can_advise)
        done.append(deed)
        if not self.scene.do(deed):
            self.counted["refused"] += 1
            return
        assert not gone, ("done by whoever is no clinician any more", done)
        self.counted["deeds"] += 1
        self.compare(done)
        for who in self.scene.people:
            if self.scene.model.sees_case(who) is not before[who]:
                self.ask(who, AFTER_A_CHANGE, done)

    def compare(self, done: list[str], *, fresh: bool = False) -> None:
        model, people = self.scene.model, self.scene.people
        for who, seen in self.sight.of(people, fresh=fresh).items():
            self.counted["views"] += len(seen)
            sees = model.sees_case(who)  # whoever is let in reads the panel, not the patient's page
            told = {"list": sees, "case": sees and who != "helpdesk", "sheet": model.sees_sheet(who)}
            assert seen == told, (who, seen, told, done)
        kept = Draft.objects.filter(user=people["expert"]).exists()
        assert not (kept and model.expert == "ended"), ("draft", done)

    def ask(self, who: str, many: int, done: list[str]) -> None:
        """The panel's page and ``many`` of the other surfaces, by turns, over the session that the person has open."""
        some = [next(self.turns) for _ in range(many)]
        self.counted["answers"] += probe(self.scene, who, ["page", *some], done)

    def look_once_more(self, first: int, done: list[str]) -> None:
        """The pages once the sequence is through: as everybody in a campaign, else of every third as one person; whoever sees
        more or less than before was asked at once."""
        people = list(self.scene.people)
        for who in people if IN_LARGE else [people[first % len(people)]] * (first % 3 == 0):
            self.ask(who, 0, done)

    def send_what_waits(self, done: list[str]) -> None:
        """What is mailed now speaks of no patient, and nothing of the panel but its end goes to whom it is closed."""
        waiting = OutboxMessage.objects.filter(recipient__is_active=True)
        assert not [c for c in CANARIES if any(c in f"{m.ref}{m.link}{m.calendar}" for m in waiting)]
        if IN_LARGE:
            mail.outbox.clear()
            notifications.dispatch_outbox()
            people = {self.scene.fresh(who).email: who for who in self.scene.people}
            for sent in mail.outbox:
                assert not [c for c in CANARIES if c in sent.body], (sent.to, done)
                who = people.get(sent.to[0])
                if who and self.scene.story.panel.ref in sent.body and sent.subject not in HARMLESS:
                    assert self.scene.model.sees_case(who) or self.scene.model.sees_sheet(who), (
                        who,
                        sent.subject,
                        done,
                    )


@pytest.mark.parametrize("half", HALVES)
def test_after_every_deed_everybody_sees_what_the_model_says(half, db):
    play = Play(Scene())

    @seed(SEED + half)
    @settings(
        max_examples=MANY // len(HALVES),
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],  # the deeds are short enough to read; shrinking takes minutes
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(DRAWN, st.integers(0, 99))
    def sequence(drawn, first):
        play.sequence(drawn, first)

    sequence()
    told = play.counted
    note("C3", f"sequences of {STEPS} deeds", asked=told["sequences"])
    note("C3", "deeds done, each followed by a look of all eight people", asked=told["deeds"])
    note("C3", "deeds refused, and undone", asked=told["refused"])
    note("C3", "querysets compared with the model", asked=told["views"])
    note(
        "C3", f"answers of {len(NAMES) + 1} surfaces over open sessions, compared with the model", asked=told["answers"]
    )
