"""Two people at the same moment: one winner, nothing lost, and what must hold holds afterwards.

``CPMS_RACES`` sets the rounds of each race; every run takes a few, a campaign takes 200.
"""

from __future__ import annotations

import os
import threading

import pytest
from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connections

from consent import actions as consent
from consent.states import Stage
from cpms.accounts.access import Refused
from cpms.notifications.models import WorkItem
from cpms.notifications.states import Verb
from cpms.patients import actions as patients
from outcomes import actions as outcomes
from outcomes import queries as outcomes_of
from outcomes.models import SignOff
from outcomes.states import Decision
from panels import actions as panels
from panels.cases import actions as cases
from panels.cases.actions.files import MOST_BYTES
from panels.cases.cleaning.kinds import NotTaken
from panels.cases.models import CaseFile, CaseGrant
from panels.models import Contribution, Panel, PanelStep, Question, Stance, Thanks, Visit
from panels.states import InvitationState, State
from tests.cases.files.making import jpeg
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
