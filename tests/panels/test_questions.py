"""Quick questions: about no patient, to a group, answered like an e-mail, and perhaps the beginning of a panel."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent import actions as consent
from consent.states import Stage
from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.models import User
from cpms.accounts.roles import Role
from cpms.notifications import queries as reminders
from cpms.notifications.models import ChasingRule, MailWish, OutboxMessage, WorkItem
from cpms.notifications.notices import Notice, body
from cpms.notifications.states import UNANSWERED, MailState, Pace
from cpms.patients import actions as patients
from panels import actions as panels
from panels.models import Panel, Question
from tests.clients import signed_in
from tests.factories import GroupFactory, Story, UserFactory, canary, give_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    return GroupFactory()


def member_of(group):
    person = UserFactory()
    person.groups_of_interest.add(group)
    return person


def told(notice):
    return set(OutboxMessage.objects.filter(notice=notice).values_list("recipient", flat=True))


def test_a_question_goes_to_the_group_and_the_answer_to_who_asked(group):
    asker, member, coordinator, outsider = UserFactory(), member_of(group), UserFactory(role="none"), UserFactory()
    give_role(coordinator, Role.GROUP_COORDINATOR, group=group)
    text = canary("quick")
    client = signed_in(asker)
    response = client.post("/questions/new/", {"group": group.pk, "text": text})
    question = Question.objects.get()
    assert response.url == question.get_absolute_url()
    assert told(Notice.QUESTION_ASKED) == {member.pk, coordinator.pk}
    assert text not in body(Notice.QUESTION_ASKED, ref=question.ref, path=question.get_absolute_url())
    assert signed_in(outsider).get(question.get_absolute_url()).status_code == 404
    reply = signed_in(member).post(f"{question.get_absolute_url()}answer/", {"text": canary("quick-answer")})
    assert reply.status_code == 302
    question.refresh_from_db()
    assert question.first_answer_at is not None
    assert told(Notice.QUESTION_ANSWERED) == {asker.pk}
    assert canary("quick-answer") in client.get(question.get_absolute_url()).content.decode()


def test_an_empty_answer_says_so_beside_the_field(group):
    question = panels.ask_group(group, text="A dose?", by=UserFactory())
    response = signed_in(member_of(group)).post(f"{question.get_absolute_url()}answer/", {"text": " "})
    assert response.status_code == 422


def test_only_who_asked_closes_and_then_nobody_answers_and_unsent_mails_stay_unsent(group):
    asker, member = UserFactory(), member_of(group)
    question = panels.ask_group(group, text="A dose?", by=asker)
    with pytest.raises(Refused, match="Only who asked"):
        panels.close_question(question, by=member)
    panels.close_question(question, by=asker)
    with pytest.raises(Refused, match="closed"):
        panels.answer(question, text="Late.", by=member)
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {MailState.CANCELLED}


def test_leaving_the_group_ends_sight_at_once(group):
    member = member_of(group)
    question = panels.ask_group(group, text="A dose?", by=UserFactory())
    client = signed_in(member)
    assert client.get(question.get_absolute_url()).status_code == 200
    member.groups_of_interest.remove(group)
    assert client.get(question.get_absolute_url()).status_code == 404


def test_somebody_without_the_clinicians_role_asks_nothing(group):
    with pytest.raises(Refused, match="Only clinicians"):
        panels.ask_group(group, text="A dose?", by=UserFactory(role="none"))


def test_a_panel_grows_from_a_question(group):
    asker = UserFactory()
    question = panels.ask_group(group, text=canary("grown"), by=asker)
    client = signed_in(asker)
    page = client.get(f"/panels/new/?question={question.pk}").content.decode()
    assert f'value="{question.pk}"' in page
    fields = {
        "stage_1": "given",
        "given_by": "patient",
        "given_on": "2026-01-05",
        "sex": "female",
        "birth_year": "2001",
    }
    fields |= {"country": "FI", "route": "own", "question": str(question.pk)}
    assert client.post("/panels/new/", fields).status_code == 302
    panel = Panel.objects.get()
    question.refresh_from_db()
    assert (panel.question, panel.group, question.panel) == (canary("grown"), group, panel)
    assert question.closed_at is not None


def test_a_panel_grows_from_a_closed_question_and_only_once(group):
    story = Story()
    question = panels.ask_group(group, text=canary("grown"), by=story.lead)
    panels.close_question(question, by=story.lead)
    closed_at = Question.objects.get().closed_at
    client = signed_in(story.lead)
    link = f"/panels/new/?question={question.pk}"
    assert link in client.get(question.get_absolute_url()).content.decode()
    assert f'value="{question.pk}"' in client.get(link).content.decode()
    panels.grow_into_panel(question, story.panel, by=story.lead)
    question.refresh_from_db()
    assert (question.panel, question.closed_at, story.fresh().question) == (story.panel, closed_at, canary("grown"))
    assert link not in client.get(question.get_absolute_url()).content.decode()
    for by, why in ((story.lead, "already"), (member_of(group), "Only who asked")):
        with pytest.raises(Refused, match=why):
            panels.grow_into_panel(question, Story("b").panel, by=by)


def test_what_grew_into_a_panel_follows_the_patients_consent_and_erasure(group):
    story = Story()
    question = panels.ask_group(group, text=canary("grown"), by=story.lead)
    panels.answer(question, text=canary("answer"), by=(other := member_of(group)))
    panels.grow_into_panel(question, story.panel, by=story.lead)
    assert list(Question.objects.visible_to(other)) == [question]
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    assert not Question.objects.visible_to(other).exists()
    assert list(Question.objects.visible_to(story.lead)) == [question]
    patients.erase(story.patient, by=story.lead)
    assert not Question.objects.visible_to(story.lead).exists()
    assert (Question.objects.get(pk=question.pk).text, question.answers.get().text) == ("Erased", "Erased")


def test_nobody_carries_somebody_elses_question_into_a_panel(group):
    question = panels.ask_group(group, text="A dose?", by=UserFactory())
    response = signed_in(member_of(group)).post("/panels/new/", {"question": str(question.pk)})
    assert "question" in response.context["form"].errors


def test_the_list_costs_the_same_for_one_question_and_for_thirty(group):
    asker = UserFactory()
    client = signed_in(member_of(group))

    def cost():
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/questions/").status_code == 200
        return len(caught)

    panels.ask_group(group, text="A dose?", by=asker)
    client.get("/questions/")
    few = cost()
    for _ in range(29):
        panels.ask_group(group, text="A dose?", by=asker)
    assert (few, cost()) == (12, 12)


def asked_before(question, days):
    Question.objects.filter(pk=question.pk).update(asked_at=clock.now() - dt.timedelta(days=days))


def test_an_unanswered_question_is_chased_once_by_the_networks_days_as_the_preview_says(group):
    asker, member, away, coordinator = UserFactory(), member_of(group), member_of(group), UserFactory(role="none")
    give_role(coordinator, Role.GROUP_COORDINATOR, group=group)
    away.away_until = clock.rights_day()
    away.save()
    question = panels.ask_group(group, text="A dose?", by=asker)
    rules = reminders.rules_of(group.network)
    steps = []
    for days in (2, 3, 6, 7, 30):
        asked_before(question, days)
        foreseen = [line.to for line in reminders.preview(group.network, rules).items if line.ref == question.ref]
        steps.append((foreseen, panels.chase_questions(by=None), panels.chase_questions(by=None)))
    nothing = ([], 0, 0)
    assert steps == [nothing, (["The group"], 1, 0), nothing, (["The group's coordinators"], 1, 0), nothing]
    assert (told(Notice.QUESTION_OPEN), told(Notice.QUESTION_LEFT)) == ({member.pk, coordinator.pk}, {coordinator.pk})
    assert question.ref in signed_in(coordinator).get("/").content.decode()
    panels.answer(question, text="Ten.", by=member)
    assert not WorkItem.objects.open().filter(subject_id=question.pk).exists()
    assert not OutboxMessage.objects.filter(notice=Notice.QUESTION_LEFT, state=MailState.WAITING).exists()


def test_a_run_that_comes_late_takes_the_furthest_step_and_leaves_old_questions_alone(group):
    """As on the first night: nobody gets two mails about one question, and what lies long behind is nobody's mail."""
    member, coordinator = member_of(group), UserFactory(role="none")
    give_role(coordinator, Role.GROUP_COORDINATOR, group=group)
    rules, steps = reminders.rules_of(group.network), []
    for days in (7 + 15, 7 + 13):
        question = panels.ask_group(group, text="A dose?", by=UserFactory())
        asked_before(question, days)
        foreseen = [line.to for line in reminders.preview(group.network, rules).items if line.ref == question.ref]
        steps.append((foreseen, panels.chase_questions(by=None), panels.chase_questions(by=None)))
    assert steps == [([], 0, 0), (["The group's coordinators"], 1, 0)]
    assert (told(Notice.QUESTION_OPEN), told(Notice.QUESTION_LEFT)) == (set(), {coordinator.pk})
    ChasingRule.objects.create(network=group.network, about=UNANSWERED, days=[3, 60], changed_by=member)
    assert panels.chase_questions(by=None) == 1  # the older one: its last step lies ahead by the new days
    assert OutboxMessage.objects.filter(notice=Notice.QUESTION_OPEN).exclude(about_id=question.pk).exists()


@pytest.mark.parametrize("place", ["main group", "network"])
def test_a_question_of_a_group_without_coordinators_of_its_own_opens_to_those_it_is_left_to_and_no_others(place):
    """Who asked does not count as the group's coordinator. Nobody above the group sees a question before it is put to them."""
    main = GroupFactory()
    group, asker, above, other = (
        GroupFactory(network=main.network, number=11, parent=main),
        UserFactory(),
        UserFactory(),
        UserFactory(),
    )
    give_role(asker, Role.GROUP_COORDINATOR, group=group)
    held = {
        "main group": (Role.GROUP_COORDINATOR, {"group": main}),
        "network": (Role.NETWORK_COORDINATOR, {"network": main.network}),
    }
    role, on = held[place]
    give_role(above, role, **on)
    question, quiet = (panels.ask_group(group, text="A dose?", by=asker) for _ in range(2))
    asked_before(question, 8)
    lines = reminders.preview(main.network, reminders.rules_of(main.network)).items
    whose = "The network's coordinators" if place == "network" else "The group's coordinators"
    assert [line.to for line in lines if line.ref == question.ref] == [whose]
    assert not Question.objects.visible_to(above).exists()
    assert panels.chase_questions(by=None) == 1
    give_role(other, role, **on)
    assert (list(Question.objects.visible_to(above)), list(Question.objects.visible_to(other))) == ([question], [])
    assert (told(Notice.QUESTION_LEFT), signed_in(above).get(quiet.get_absolute_url()).status_code) == ({above.pk}, 404)
    reply = signed_in(above).post(f"{question.get_absolute_url()}answer/", {"text": "Ten."})
    assert (reply.status_code, question.answers.get().author) == (302, above)
    above.memberships.filter(role=role).update(ended_at=clock.now(), ended_by=asker)
    assert not Question.objects.visible_to(User.objects.get(pk=above.pk)).exists()


def test_a_question_that_nobody_coordinates_is_left_to_nobody(group):
    question = panels.ask_group(group, text="A dose?", by=UserFactory())
    asked_before(question, 8)
    lines = reminders.preview(group.network, reminders.rules_of(group.network)).items
    assert (panels.chase_questions(by=None), [line for line in lines if line.ref == question.ref]) == (0, [])


def test_who_reads_one_mail_a_day_hears_of_a_question_that_has_an_answer_already(group):
    answering, reading = member_of(group), member_of(group)
    MailWish.objects.create(user=reading, pace=Pace.DAILY)
    question = panels.ask_group(group, text="A dose?", by=UserFactory())
    panels.answer(question, text="Ten.", by=answering)
    mail = OutboxMessage.objects.get(notice=Notice.QUESTION_ASKED, recipient=reading)
    assert mail.state == MailState.HELD


@pytest.mark.parametrize("end", ["answer", "close"])
def test_an_answered_or_closed_question_is_chased_no_more(group, end):
    asker, member = UserFactory(), member_of(group)
    question = panels.ask_group(group, text="A dose?", by=asker)
    if end == "answer":
        panels.answer(question, text="Ten.", by=member)
    else:
        panels.close_question(question, by=asker)
    asked_before(question, 9)
    assert (panels.chase_questions(by=None), told(Notice.QUESTION_OPEN)) == (0, set())
