"""Two people at the same moment: one winner, nothing lost, and what must hold holds afterwards.

``CPMS_RACES`` sets the rounds of each race; every run takes a few, a campaign takes 200.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
import threading
<<<<<<< HEAD
from functools import partial
=======
import uuid
>>>>>>> 9b571a7 (Race a guest's last second and one key in eight threads)

import pytest
from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connections
from django.test import Client
from django.urls import reverse

from consent import actions as consent
from consent.states import Stage
from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.models import User
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.states import Verb
from cpms.patients import actions as patients
from cpms.patients.models import Patient
from outcomes import actions as outcomes
from outcomes import queries as outcomes_of
from outcomes.models import SignOff
from outcomes.states import Decision
from panels import actions as panels
from panels.cases import actions as cases
from panels.cases.actions.files import MOST_BYTES
from panels.cases.cleaning.kinds import NotTaken
from panels.cases.models import CaseFile, CaseGrant
from panels.models import Contribution, Message, Panel, PanelStep, Question, Stance, Thanks, Visit
from panels.states import InvitationState, State
from tests.cases.files.making import jpeg
from tests.clients import signed_in
from tests.factories import GroupFactory, Story, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS, THREADS = int(os.environ.get("CPMS_RACES", "3")), 8


@pytest.fixture(autouse=True)
def rights(transactional_db):
    """What a flushed database lacks: the permission that grants on cases name."""
    if not Permission.objects.filter(codename="view_case").exists():
        config = apps.get_app_config("cases")
        create_contenttypes(config, verbosity=0)
        create_permissions(config, verbosity=0)


def race(*deeds):
    """Run the deeds at one moment, over ``THREADS`` threads in turn; gives how many of each succeeded.

    Only a refusal may stop a deed; anything else, a deadlock above all, fails the test.
    """
    gate, won, faults = threading.Barrier(THREADS), [0] * len(deeds), []

    def run(number):
        which = number % len(deeds)
        gate.wait()
        try:
            deeds[which]()
            won[which] += 1
        except Refused:
            pass
        except Exception as error:  # noqa: BLE001 whatever it is, the test must see it
            faults.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert faults == []
    return won


@pytest.fixture(params=range(ROUNDS))
def story(request):
    story = Story()
    story.open(story.expert)
    return story


def seated(story):
    panels.accept(story.invitation(story.expert), by=story.expert)
    return story


def sees(story, person):
    """Sight by the truth and by its projection: they must agree."""
    panel = Panel.objects.visible_to(person).filter(pk=story.panel.pk).exists()
    granted = CaseGrant.objects.filter(user=person, content_object=story.case).exists()
    return panel, granted


def test_an_invitation_is_accepted_once(story):
    invitation = story.invitation(story.expert)
    assert race(lambda: panels.accept(invitation, by=story.expert)) == [1]
    assert CaseGrant.objects.count() == 1
    assert WorkItem.objects.filter(verb=Verb.REPLY, settled_at=None).count() == 1


def test_accepting_against_taking_back(story):
    invitation = story.invitation(story.expert)
    race(
        lambda: panels.accept(invitation, by=story.expert),
        lambda: panels.end_invitation(invitation, by=story.lead),
    )
    invitation.refresh_from_db()
    assert invitation.state in {InvitationState.WITHDRAWN, InvitationState.ENDED}
    assert sees(story, story.expert) == (False, False)
    assert not WorkItem.objects.open().filter(who=story.expert).exists()


def test_accepting_against_declining(story):
    invitation = story.invitation(story.expert)
    won = race(
        lambda: panels.accept(invitation, by=story.expert),
        lambda: panels.decline(invitation, reason="time", by=story.expert),
    )
    assert sum(won) == 1
    assert sees(story, story.expert) == ((True, True) if won[0] else (False, False))


def test_withdrawn_consent_against_advice_leaves_nobody_with_sight(story):
    seated(story)
    race(
        lambda: story.contribute(story.expert),
        lambda: consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE),
    )
    assert not Panel.objects.visible_to(story.expert).exists()
    with pytest.raises(Refused):
        story.contribute(story.expert)


def test_the_outcome_is_started_once_and_a_panel_closes_once(story):
    seated(story)
    story.contribute(story.expert)
    assert race(lambda: outcomes.start_outcome(story.fresh(), by=story.lead)) == [1]
    outcome = story.fresh().outcome
    outcomes.write_outcome(story.fresh(), by=story.lead, conclusion="Salt.", items=[], version=outcome.version)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    sign = {"decision": Decision.SIGNED, "number": 1, "by": story.expert}
    assert race(lambda: outcomes.sign(story.fresh(), **sign)) == [1]
    assert race(lambda: outcomes.close_panel(story.fresh(), by=story.lead, although=9)) == [1]
    assert story.fresh().state == State.CLOSED
    assert SignOff.objects.filter(who=story.expert, decision=Decision.SIGNED).count() == 1
    assert list(PanelStep.objects.values_list("verb", flat=True)) == ["open", "start_outcome", "close"]
    assert race(lambda: panels.thank(story.fresh(), useful=9, text="", by=story.lead)) == [1]
    assert Thanks.objects.count() == 1


def test_signing_against_closing(story):
    seated(story)
    story.contribute(story.expert)
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    outcomes.write_outcome(story.fresh(), by=story.lead, conclusion="Salt.", items=[], version=outcome.version)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    signed, closed = race(
        lambda: outcomes.sign(story.fresh(), decision=Decision.SIGNED, number=1, by=story.expert),
        lambda: outcomes.close_panel(story.fresh(), by=story.lead, although=9),
    )
    assert closed == 1
    decision = SignOff.objects.get(who=story.expert).decision
    assert decision == (Decision.SIGNED if signed else Decision.SILENT)


def test_leaving_against_advice_leaves_no_sight_and_nothing_that_waits(story):
    seated(story)
    left, said = race(
        lambda: panels.leave(story.fresh(), reason="time", by=story.expert),
        lambda: story.contribute(story.expert),
    )
    assert left == 1
    assert story.invitation(story.expert).state == InvitationState.ENDED
    assert sees(story, story.expert) == (False, False)
    assert not WorkItem.objects.open().filter(who=story.expert).exists()
    assert Contribution.objects.filter(author=story.expert).count() == said
    with pytest.raises(Refused):
        story.contribute(story.expert)


def test_leaving_against_signing_leaves_a_signature_or_nothing_awaited(story):
    seated(story)
    story.contribute(story.expert)
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    outcomes.write_outcome(story.fresh(), by=story.lead, conclusion="Salt.", items=[], version=outcome.version)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    left, signed = race(
        lambda: panels.leave(story.fresh(), reason="time", by=story.expert),
        lambda: outcomes.sign(story.fresh(), decision=Decision.SIGNED, number=1, by=story.expert),
    )
    assert left == 1
    decision = SignOff.objects.get(who=story.expert).decision
    assert decision == (Decision.SIGNED if signed else Decision.PENDING)
    assert outcomes_of.awaited(story.fresh().outcome) == []
    assert not WorkItem.objects.open().filter(who=story.expert).exists()


def test_one_view_each_however_often_it_is_given(story):
    said = seated(story).contribute(story.expert)
    race(
        lambda: panels.take_stance(said, kind="agree", by=story.lead),
        lambda: panels.take_stance(said, kind="dissent", text="No.", by=story.lead),
    )
    assert Stance.objects.count() == 1


def test_recalling_against_answering(story):
    said = seated(story).contribute(story.expert)
    recalled, _answered = race(
        lambda: panels.recall(said, by=story.expert),
        lambda: panels.take_stance(said, kind="agree", by=story.lead),
    )
    assert Contribution.objects.count() == (0 if recalled else 1)


def test_asked_for_data_is_supplied_once(story):
    said = seated(story).contribute(story.expert, kind="need_data")
    race(lambda: panels.supply(said, by=story.lead))
    assert not WorkItem.objects.open().filter(verb=Verb.ADD_DATA).exists()
    assert Contribution.objects.get().supplied_by == story.lead


def test_a_visit_is_one_row(story):
    race(lambda: panels.note_visit(story.fresh(), by=story.lead))
    assert Visit.objects.count() == 1


def test_answering_against_closing_a_question():
    for _ in range(ROUNDS):
        member, asker = UserFactory(), UserFactory()
        question = panels.ask_group(GroupFactory(), text="A dose?", by=asker)
        said, closed = race(
            lambda question=question, member=member: panels.answer(question, text="Yes.", by=member),
            lambda question=question, asker=asker: panels.close_question(question, by=asker),
        )
        assert closed == 1
        assert Question.objects.get(pk=question.pk).answers.count() == said


def test_panels_drafted_at_once_get_numbers_of_their_own(story):
    race(lambda: panels.draft_panel(story.case, network=story.group.network, by=story.lead))
    assert Panel.objects.values("ref").distinct().count() == Panel.objects.count() == THREADS + 1


def test_a_number_given_twice_at_one_moment_is_refused_with_the_sentence():
    lead = UserFactory()
    for number in range(ROUNDS):
        said = {"sex": "female", "country": "FI", "birth_year": 2015, "local_id": f"KH {number}", "by": lead}
        (won,) = race(lambda said=said: patients.enrol(**said))
        assert won == 1


def test_files_that_arrive_together_are_counted_together(story):
    data, room = jpeg(), 2
    held = CaseFile(case=story.case, key=story.case.key, kind="jpeg", added_by=story.lead)
    held.size = MOST_BYTES - room * len(data) - len(data) // 2
    held.save(force_insert=True)

    def add():
        try:
            cases.add_file(story.case, filename="a.jpg", data=data, by=story.lead)
        except NotTaken as full:
            raise Refused(str(full)) from full

    assert race(add) == [room]
    assert CaseFile.objects.filter(case=story.case).count() == room + 1


<<<<<<< HEAD
def hand_back_and_forth(story, taker):
    """Each turn gives the patient to the other of two, who loses the seat in the panel."""
    patient = Patient.objects.select_related("enrolled_by").get(pk=story.patient.pk)
    giver = patient.enrolled_by
    to = taker if giver.pk == story.lead.pk else story.lead
    panels.hand_over([patient], to=to, by=giver)


@pytest.mark.parametrize("answer", [panels.accept, partial(panels.decline, reason="time")])
def test_answering_against_a_hand_over_to_the_same_person(answer):
    """Both touch the panel and the seat; neither ends in an error."""
    for _ in range(ROUNDS):
        story = Story()
        taker = UserFactory(centre=story.lead.centre)
        story.open(taker)
        invitation = story.invitation(taker)
        race(lambda: answer(invitation, by=taker), lambda: hand_back_and_forth(story, taker))  # noqa: B023 the race ends here
        assert not story.fresh().invitations.live().filter(invitee=story.fresh().lead).exists()


def test_the_first_view_against_the_start_of_the_outcome(story):
    """The view stops the clock of the first reply, which the panel keeps; the outcome takes the statement in."""
    seated(story)
    said = story.contribute(story.lead)
    panels.mark(said, marked=True, by=story.lead)
    race(
        lambda: panels.take_stance(said, kind="agree", by=story.expert),
        lambda: outcomes.start_outcome(story.fresh(), by=story.lead),
    )
    assert story.fresh().outcome.items.count() == 1
=======
def test_a_guests_time_is_over_at_the_second(story, monkeypatch):
    """The clock passes the end of the guest's time while eight threads write: what counts is the moment of asking."""
    invitation = story.invite_guest()
    guest, end, ticks = invitation.invitee, invitation.guest_until, itertools.count(-40)
    User.objects.filter(pk=guest.pk).update(activated_at=clock.now())
    panels.accept(invitation, by=guest)
    monkeypatch.setattr(clock, "now", lambda: end + dt.timedelta(milliseconds=next(ticks)))
    (won,) = race(lambda: story.contribute(guest))
    assert Contribution.objects.filter(author=guest).count() == won
    monkeypatch.setattr(clock, "now", lambda: end)
    assert not Panel.objects.visible_to(guest).exists()
    with pytest.raises(Refused):
        story.contribute(guest)


@pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])
def test_one_key_sent_by_eight_threads_does_one_thing(story):
    """Each tap leads to the same place; one message stands there, and everybody hears of it once."""
    seated(story)
    cookies, path = signed_in(story.lead).cookies, reverse("panels:reply", args=[story.panel.ref])
    words = {"kind": "message", "text": "Once.", "idempotency_key": str(uuid.uuid4())}
    mails, led = OutboxMessage.objects.count(), []

    def tap():
        client = Client(headers={"host": "localhost"})
        client.cookies = cookies
        answer = client.post(path, words, secure=True)
        led.append((answer.status_code, answer.headers.get("Location")))

    assert race(tap) == [THREADS]
    assert (len(led), set(led)) == (THREADS, {(302, led[0][1])})
    assert Message.objects.count() == 1
    assert OutboxMessage.objects.count() == mails + 1
>>>>>>> 9b571a7 (Race a guest's last second and one key in eight threads)
