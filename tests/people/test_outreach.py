"""The outreach log of a hospital: who keeps it, what stands in it, what is next, and what the product writes itself."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.drafts import actions as drafts
from cpms.drafts.models import Draft
from cpms.notifications.models import OutboxMessage, WorkItem
from helpdesk import actions as helpdesk
from helpdesk import queries as today
from helpdesk.people import actions
from helpdesk.people.models import Outreach
from helpdesk.states import NudgeKind
from panels.models import Panel
from tests.clients import signed_in
from tests.factories import AccessRequestFactory, CentreFactory, NetworkFactory, Story, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
DAY = dt.timedelta(days=1)
QUERIES = 31
SAID = "They wait for a colleague who begins in March."


def holder(role, **held_on):
    user = UserFactory(role="none")
    give_role(user, role, **held_on)
    return user


@pytest.fixture
def centre():
    return CentreFactory()


@pytest.fixture
def desk(centre):
    return holder(Role.HELPDESK_ADULT, network=NetworkFactory())


@pytest.fixture
def speaker(centre):
    user = UserFactory(centre=centre, role="none")
    give_role(user, Role.REPRESENTATIVE, centre=centre)
    return user


def log(centre, by, **more):
    said = {"on": clock.rights_day(), "way": "phone", "person": None, "said": SAID} | more
    return actions.log_outreach(centre, by=by, **said)


def step(by, *, days=0, words="Show them the import"):
    return {"next_step": words, "next_on": clock.rights_day() + days * DAY, "next_by": by}


def page_of(centre, user):
    return signed_in(user).get(reverse("people:centre", args=[centre.pk])).content.decode()


def fields(**more):
    given = {
        "on": clock.today().isoformat(),
        "way": "phone",
        "person": "",
        "said": SAID,
        "next_step": "",
        "next_on": "",
    }
    return given | more


def test_a_call_is_written_down_on_the_hospitals_page(centre, desk, speaker):
    url = reverse("people:log_outreach", args=[centre.pk])
    due = (clock.today() + 3 * DAY).isoformat()
    given = fields(person=speaker.pk, next_step="Ask again", next_on=due, next_by=desk.pk)
    answer = signed_in(desk).post(url, given)
    entry = Outreach.objects.get()
    assert answer["Location"] == entry.get_absolute_url()
    assert (entry.whom, entry.person, entry.way, entry.said, entry.next_by) == (
        "representative",
        speaker,
        "phone",
        SAID,
        desk,
    )
    page = page_of(centre, desk)
    assert SAID in page
    assert f"{speaker.display_name}, representative" in page
    item = WorkItem.objects.get(verb="outreach")
    assert (item.who, item.path, item.remind_at) == (desk, entry.get_absolute_url(), None)
    event = AuditEvent.objects.get(event="outreach_logged")
    assert (event.actor_id, event.detail) == (desk.pk, {"kind": "phone"})


def test_its_words_are_sealed(centre, desk):
    entry = log(centre, desk, **step(desk))
    raw = Outreach.objects.filter(pk=entry.pk).extra(select={"raw": "said"}).values_list("raw", flat=True)[0]
    assert SAID.encode() not in bytes(raw)
    assert entry.key.destroyed_at is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"said": ""}, "said"),
        ({"on": (clock.today() + 2 * DAY).isoformat()}, "on"),
        ({"next_step": "Ask again"}, "next_on"),
        ({"next_on": (clock.today() + 2 * DAY).isoformat()}, "next_step"),
        ({"next_step": "Ask again", "next_on": (clock.today() - 2 * DAY).isoformat()}, "next_on"),
    ],
)
def test_half_an_entry_is_shown_again_with_what_was_typed(centre, desk, given, field):
    sent = fields(next_by=desk.pk) | given
    answer = signed_in(desk).post(reverse("people:log_outreach", args=[centre.pk]), sent)
    assert answer.status_code == 422
    assert set(answer.context["outreach"].errors) == {field}
    assert sent["next_step"] in answer.content.decode()
    assert not Outreach.objects.exists()


def test_actions_refuse_what_no_form_sends(centre, desk, speaker):
    for wrong, by in (
        ({"next_step": "Ask again"}, desk),
        (step(speaker), desk),
        ({"person": UserFactory()}, desk),
        ({}, speaker),
        ({}, holder(Role.NETWORK_COORDINATOR, network=NetworkFactory(code="BOND", name="ERN BOND"))),
    ):
        with pytest.raises(Refused):
            log(centre, by, **wrong)
    assert not Outreach.objects.exists()


def test_the_hospital_itself_and_other_networks_see_nothing_of_it(centre, desk, speaker):
    entry = log(centre, desk, person=speaker)
    stranger = holder(Role.NETWORK_COORDINATOR, network=NetworkFactory(code="BOND", name="ERN BOND"))
    coordinator = holder(Role.NETWORK_COORDINATOR, network=NetworkFactory())
    group = holder(Role.GROUP_COORDINATOR, group=None)
    core = holder(Role.CORE_HELPDESK)
    seen = {who for who in (desk, speaker, stranger, coordinator, group, core) if Outreach.objects.visible_to(who)}
    assert seen == {desk, coordinator, core}
    assert "Outreach log" not in page_of(centre, speaker)
    for who, status in ((speaker, 404), (stranger, 404), (coordinator, 403)):
        assert signed_in(who).get(reverse("people:correct_outreach", args=[entry.pk])).status_code == status


def test_a_correction_keeps_what_stood_there_and_moves_the_next_step(centre, desk, speaker):
    first = log(centre, desk, person=speaker, **step(desk, days=2))
    speaker.memberships.update(ended_at=clock.now(), ended_by=desk)  # spoke for the hospital then
    sent = fields(said="They wait for two.", person=speaker.pk, next_step="Write", next_on=clock.today().isoformat())
    url = reverse("people:correct_outreach", args=[first.pk])
    client = signed_in(desk)
    assert SAID in client.get(url).content.decode()
    client.post(url, sent | {"next_by": desk.pk})
    second = Outreach.objects.standing().get()
    assert (second.corrects, second.said, second.whom, second.key) == (
        first,
        "They wait for two.",
        "representative",
        first.key,
    )
    assert WorkItem.objects.open().get(verb="outreach").subject_id == second.pk
    page = page_of(centre, desk)
    assert "They wait for two." in page
    assert SAID in page
    with pytest.raises(Refused, match="already"):
        actions.correct_outreach(first, by=desk, on=clock.rights_day(), way="mail", person=None, said="Slower.")
    with pytest.raises(Refused, match="Only who wrote"):
        actions.correct_outreach(second, by=holder(Role.CORE_HELPDESK), on=clock.rights_day(), way="mail", said="x")


def test_a_step_is_taken_once_by_anybody_who_keeps_the_log(centre, desk):
    entry = log(centre, desk, **step(desk))
    colleague = holder(Role.NETWORK_COORDINATOR, network=NetworkFactory())
    signed_in(colleague).post(reverse("people:outreach_done", args=[entry.pk]))
    entry.refresh_from_db()
    assert (entry.done_by, entry.waits) == (colleague, False)
    assert not WorkItem.objects.open().filter(verb="outreach").exists()
    with pytest.raises(Refused, match="No next step"):
        actions.settle_outreach(entry, by=desk)
    later = actions.correct_outreach(entry, by=desk, on=entry.on, way="phone", said="Other words.", **step(desk))
    assert later.done_by == colleague


def test_words_that_must_not_stand_there_go_dark_with_the_earlier_ones(centre, desk):
    first = log(centre, desk, **step(desk))
    second = actions.correct_outreach(first, by=desk, on=first.on, way="phone", said="Other words.")
    signed_in(desk).post(reverse("people:forget_outreach", args=[second.pk]))
    assert {entry.said for entry in Outreach.objects.all()} == {"Erased"}
    page = page_of(centre, desk)
    assert "The words were taken out." in page
    assert SAID not in page
    for act in (actions.forget_outreach, actions.correct_outreach):
        with pytest.raises(Refused, match="taken out"):
            act(Outreach.objects.standing().get(), by=desk)


def test_what_was_typed_waits_until_it_is_written_down_and_goes_with_the_words(centre, desk):
    client, first = signed_in(desk), log(centre, desk)
    for form, path in ((f"outreach:{centre.pk}", centre.get_absolute_url()), (f"outreach-correct:{first.pk}", "/")):
        drafts.save_draft(form=form, label="x", path=path, fields={"said": "Half a word", "way": "mail"}, by=desk)
    assert "Half a word" in page_of(centre, desk)
    assert "Half a word" in client.get(reverse("people:correct_outreach", args=[first.pk])).content.decode()
    client.post(reverse("people:log_outreach", args=[centre.pk]), fields(next_by=desk.pk))
    assert [draft.form for draft in Draft.objects.all()] == [f"outreach-correct:{first.pk}"]
    actions.forget_outreach(first, by=desk)
    assert not Draft.objects.exists()


def test_steps_that_are_due_stand_on_the_page_of_today_by_network(centre, desk):
    bond = NetworkFactory(code="BOND", name="ERN BOND")
    there = CentreFactory(network=bond)
    core, other = holder(Role.CORE_HELPDESK), holder(Role.HELPDESK_ADULT, network=bond)
    log(centre, desk, **step(desk, words="Ask again"))
    log(centre, desk, **step(desk, days=1, words="Not yet"))
    log(there, other, **step(other, words="Visit them"))
    found = {who: [p for p in today.parts_of(who) if p.title.startswith("Next steps")] for who in (desk, core, other)}
    shown = {who: [(p.title, p.count, [r.note for r in p.rows]) for p in parts] for who, parts in found.items()}
    here = ("Next steps due, Endo-ERN", 1, [f"Ask again, {desk}"])
    elsewhere = ("Next steps due, ERN BOND", 1, [f"Visit them, {other}"])
    assert shown == {desk: [here], core: [elsewhere, here], other: [elsewhere]}
    page = signed_in(desk).get(reverse("helpdesk:index")).content.decode()
    assert "Ask again" in page
    assert "Not yet" not in page


def test_many_steps_are_counted_and_few_are_shown(centre, desk):
    for _turn in range(today.MOST_SHOWN + 3):
        log(centre, desk, **step(desk))
    (part,) = [p for p in today.parts_of(desk) if p.title.startswith("Next steps")]
    assert (part.count, len(part.rows), part.more) == (today.MOST_SHOWN + 3, today.MOST_SHOWN, 3)
    (alone,) = today.part_alone(part.alone, desk, page=1)
    assert (alone.title, len(alone.rows), alone.more) == (part.title, today.MOST_SHOWN + 3, 0)
    assert today.part_alone(part.alone, desk, page=2) == today.part_alone("steps:BOND", desk, page=1) == []


def test_a_click_that_mails_a_hospital_stands_in_its_log(centre, desk, speaker):
    helpdesk.nudge(centre, kind=NudgeKind.CENTRE, by=desk)
    helpdesk.nudge(AccessRequestFactory(centre=centre), kind=NudgeKind.REQUEST, by=desk)
    entries = Outreach.objects.order_by("at")
    assert [(entry.way, entry.person, entry.reminder, entry.said) for entry in entries] == [
        ("mail", speaker, True, f"Reminded by mail: no panel for a year. Sent to {speaker}."),
        ("mail", speaker, True, f"Reminded by mail: a request for access waits. Sent to {speaker}."),
    ]
    assert OutboxMessage.objects.filter(recipient=speaker).count() == 2
    with pytest.raises(Refused, match="Only who wrote"):
        actions.correct_outreach(entries[0], by=desk, on=clock.rights_day(), way="mail", said="x")


def test_where_a_coordinator_decides_nothing_is_said_of_the_hospital(centre, desk):
    holder(Role.NETWORK_COORDINATOR, network=NetworkFactory())
    helpdesk.nudge(AccessRequestFactory(centre=centre), kind=NudgeKind.REQUEST, by=desk)
    assert not Outreach.objects.exists()


def test_a_call_is_the_last_contact_of_a_quiet_hospital_and_says_whether_it_helped(centre, desk, speaker):
    story = Story("a")
    panel = story.open()
    lead = UserFactory(centre=centre)
    Panel.objects.filter(pk=panel.pk).update(opened_at=clock.now() - dt.timedelta(days=400), centre=lead.centre)
    centre.memberships.update(since=(clock.now() - dt.timedelta(days=900)).date())
    helpdesk.nudge(centre, kind=NudgeKind.CENTRE, by=desk)
    entry = log(centre, desk, person=speaker)
    (row,) = [r for p in today.parts_of(desk) if p.kind == NudgeKind.CENTRE for r in p.rows if r.key == centre.pk]
    assert (row.nudge, row.nudge.helped) == (entry, False)
    page = signed_in(desk).get(reverse("helpdesk:index")).content.decode()
    assert "By phone, " in page
    assert "Write down a call" in page
    assert {what: (n, well) for what, n, well in today.effect_of_nudges(desk)}[
        "Hospital opened a panel after somebody spoke with it"
    ] == (1, 0)
    Panel.objects.filter(pk=panel.pk).update(opened_at=clock.now())
    assert today.effect_of_nudges(desk)[-1][1:] == (1, 1)


def test_the_page_asks_as_much_for_many_entries_as_for_one(centre, desk, speaker, django_assert_num_queries):
    def fill():
        entry = log(centre, desk, person=speaker, **step(desk))
        actions.correct_outreach(entry, by=desk, on=entry.on, way="mail", person=speaker, said="Other words.")

    client = signed_in(desk)
    fill()
    page_of(centre, desk)
    with django_assert_num_queries(QUERIES):
        client.get(reverse("people:centre", args=[centre.pk]))
    for _turn in range(9):
        fill()
    with django_assert_num_queries(QUERIES):
        client.get(reverse("people:centre", args=[centre.pk]))
