"""Two people at the same moment about one outcome: one winner, no word lost, no signature under a text that was not read.

``CPMS_RACES`` sets the rounds of each race; every run takes one, a campaign takes 200.
"""

from __future__ import annotations

import os

import pytest
from dateutil.relativedelta import relativedelta

from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.roles import Role
from cpms.locking import Clash
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.notices import Notice
from outcomes import actions as outcomes
from outcomes import queries
from outcomes.models import FollowUp, OutcomeDocument, OutcomeVersion, SignOff, SurveyAnswer
from outcomes.states import Decision, Language, OutcomeState
from panels import actions as panels
from panels.meetings import actions as meetings
from panels.models import Panel
from panels.states import State
from tests.factories import Story, UserFactory, give_role
from tests.panels.test_races import race, rights  # noqa: F401 a fixture

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = int(os.environ.get("CPMS_RACES", "1"))


@pytest.fixture(params=range(ROUNDS))
def story(request):
    """An outcome that is being written, with one advice."""
    story = Story()
    story.open()
    story.seat(story.expert)
    panels.mark(story.contribute(story.expert), marked=True, by=story.lead)
    outcomes.start_outcome(story.fresh(), by=story.lead)
    return story


def write(story, conclusion, *, version=None):
    """A clash is a refusal that shows both texts."""
    outcome = queries.outcome_of(story.fresh())
    rows = [{"id": item.pk, "text": f"{conclusion} {item.position}"} for item in outcome.items.all()]
    words = {"conclusion": conclusion, "items": rows, "version": version or outcome.version}
    try:
        outcomes.write_outcome(story.fresh(), by=story.lead, **words)
    except Clash as clash:
        raise Refused("clash") from clash


def send(story):
    outcomes.send_for_signature(story.fresh(), by=story.lead)


def sign(story, number=1):
    outcomes.sign(story.fresh(), decision=Decision.SIGNED, number=number, by=story.expert)


def correct(story, version):
    words = {"conclusion": "Less salt.", "items": [], "reason": "A slip.", "version": version}
    try:
        outcomes.correct_outcome(story.fresh(), by=story.lead, **words)
    except Clash as clash:
        raise Refused("clash") from clash


def close(story):
    outcomes.close_panel(story.fresh(), by=story.lead, although=9)


def closed(story):
    write(story, "Salt.")
    send(story)
    close(story)
    return story.fresh().outcome.version


def decided(story, text="Decided."):
    """On a meeting's sheet, and not in the text yet."""
    planned = story.panel.agenda_items.first()
    if planned is None:
        planned = meetings.schedule(
            story.fresh(), starts_at=clock.now(), minutes=30, link="", by=story.lead
        ).agenda.get()
    return meetings.decide(planned, by=story.lead, text=text, dissent="", owner=None, due_on=None)


def outcome_is_whole(story):
    """Panel and outcome are over together, and what is not a draft is what was sent."""
    panel = story.fresh()
    outcome = queries.outcome_of(panel)
    if outcome.state != OutcomeState.DRAFT:
        assert queries.body_of(queries.text_of(outcome)) == OutcomeVersion.objects.get(number=outcome.number).body
    assert (panel.state == State.CLOSED) is (outcome.state == OutcomeState.FINAL)
    waits = {str(one) for one in WorkItem.objects.open().filter(who=story.lead).values_list("verb", flat=True)}
    waiting = {OutcomeState.DRAFT: "write_outcome", OutcomeState.SIGNING: "close", OutcomeState.FINAL: "effect"}
    return waits & set(waiting.values()) == {waiting[outcome.state]}


def decision(story, number):
    return SignOff.objects.get(who=story.expert, number=number).decision


def test_of_two_editors_one_wins_and_the_text_is_one_persons(story):
    version = story.fresh().outcome.version
    won = race(lambda: write(story, "Mine.", version=version), lambda: write(story, "Theirs.", version=version))
    assert sum(won) == 1
    text = queries.text_of(queries.outcome_of(story.fresh()))
    winner = "Mine." if won[0] else "Theirs."
    assert (text.conclusion, [one.text for one in text.advice]) == (winner, [f"{winner} 1"])


def test_a_signature_against_a_change_is_under_the_text_that_was_read(story):
    write(story, "Salt.")
    send(story)
    version = story.fresh().outcome.version
    signed, written = race(lambda: sign(story), lambda: write(story, "More salt.", version=version))
    assert written == 1
    assert decision(story, 1) == (Decision.SIGNED if signed else Decision.PENDING)
    assert queries.text_from(OutcomeVersion.objects.get().body).conclusion == "Salt."
    send(story)
    assert decision(story, 2) == Decision.PENDING


def test_a_decision_against_the_sending_is_in_what_was_sent_or_takes_it_back(story):
    made = decided(story)
    write(story, "Salt.")
    race(lambda: send(story), lambda: outcomes.take_decision(str(made.pk), by=None))
    outcome = queries.outcome_of(story.fresh())
    if outcome.state == OutcomeState.SIGNING:
        assert queries.body_of(queries.text_of(outcome)) == OutcomeVersion.objects.get(number=outcome.number).body
    assert "Decided." in [one.text for one in queries.text_of(outcome).advice]
    with pytest.raises(Refused):
        sign(story, number=outcome.number + 1)


def test_a_close_against_a_change_never_closes_over_a_text_that_nobody_was_sent(story):
    write(story, "Salt.")
    send(story)
    version = story.fresh().outcome.version
    assert sum(race(lambda: write(story, "More salt.", version=version), lambda: close(story))) == 1
    assert outcome_is_whole(story)


def test_a_close_against_a_decision_waits_for_it(story):
    write(story, "Salt.")
    send(story)
    made = decided(story)
    _taken, done = race(lambda: outcomes.take_decision(str(made.pk), by=None), lambda: close(story))
    assert not done
    assert outcome_is_whole(story)
    assert "Decided." in [one.text for one in queries.text_of(queries.outcome_of(story.fresh())).advice]


def test_a_change_against_the_sending_leaves_the_work_that_belongs_to_the_state(story):
    write(story, "Salt.")
    version = story.fresh().outcome.version
    _sent, written = race(lambda: send(story), lambda: write(story, "More salt.", version=version))
    assert written == 1
    assert outcome_is_whole(story)


def test_a_signature_against_a_correction_counts_for_its_own_version(story):
    correct(story, closed(story))
    version = story.fresh().outcome.version
    signed, corrected = race(lambda: sign(story, number=2), lambda: correct(story, version))
    assert corrected == 1
    assert decision(story, 2) == (Decision.SIGNED if signed else Decision.SILENT)
    assert decision(story, 3) == Decision.PENDING
    assert OutcomeVersion.objects.count() == 3
    assert OutcomeDocument.objects.count() == 3 + signed  # the last signature makes another edition


def test_a_language_ordered_against_a_correction_is_of_the_version_that_was_read(story):
    version, document = closed(story), OutcomeDocument.objects.get()
    order = {"language": Language.PL, "by": story.lead}
    _ordered, corrected = race(lambda: outcomes.order_language(document, **order), lambda: correct(story, version))
    assert corrected == 1
    assert not OutcomeDocument.objects.filter(language=Language.PL).exclude(number=1).exists()


def test_a_correction_against_reopening_leaves_one_story(story):
    version = closed(story)
    _corrected, reopened = race(lambda: correct(story, version), lambda: panels.reopen(story.fresh(), by=story.lead))
    assert reopened == 1
    assert story.fresh().state == State.OPEN
    assert OutcomeDocument.objects.count() == OutcomeVersion.objects.count() == story.fresh().outcome.number


def test_a_follow_up_is_asked_and_answered_once(story):
    closed(story)
    Panel.objects.update(closed_at=clock.now() - relativedelta(months=3))
    race(lambda: outcomes.ask_follow_ups(by=None))
    assert OutboxMessage.objects.filter(notice=Notice.FOLLOW_UP_WANTED).count() == 1
    words = {"answers": {1: ("done", "")}, "benefit": "yes", "version": 1, "by": story.lead}
    assert race(lambda: outcomes.answer_follow_up(FollowUp.objects.get(), **words)) == [1]


def test_a_round_is_opened_and_answered_once(story):
    coordinator = UserFactory(role="none")
    give_role(coordinator, Role.NETWORK_COORDINATOR, network=story.group.network)
    assert race(lambda: outcomes.open_round(story.group.network, by=coordinator)) == [1]
    survey = story.group.network.survey_rounds.get()
    race(lambda: outcomes.ask_round(str(survey.pk), by=None))
    assert OutboxMessage.objects.filter(notice=Notice.SURVEY).count() == survey.asked.count() > 0
    given = {"useful": 8, "valued": 8, "again": 8, "reasons": [], "by": story.expert}
    assert race(lambda: outcomes.answer_round(survey, **given)) == [1]
    assert SurveyAnswer.objects.count() == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_starting_against_recalling_the_only_advice(_round, rights):  # noqa: F811
    story = Story()
    story.open()
    story.seat(story.expert)
    said = story.contribute(story.expert)
    started, recalled = race(
        lambda: outcomes.start_outcome(story.fresh(), by=story.lead), lambda: panels.recall(said, by=story.expert)
    )
    assert started != recalled
