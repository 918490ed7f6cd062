"""A panel before groups and networks: coordinators take it up, forward it or return it; nothing waits for them."""

from __future__ import annotations

import pytest

from consent import actions as consent
from consent.states import Stage
from cpms.accounts.access import Refused
from cpms.accounts.models import Network
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import Verb
from panels import actions as panels
from panels import queries
from panels.cases.models import Case
from panels.models import Dispatch, Invitation, Panel
from panels.states import DispatchState
from tests.clients import signed_in
from tests.factories import CentreFactory, GroupFactory, Story, UserFactory, give_role

pytestmark = pytest.mark.django_db


def coordinator_of(group):
    person = UserFactory(role="none")
    give_role(person, Role.GROUP_COORDINATOR, group=group)
    return person


@pytest.fixture
def story():
    story = Story()
    story.coordinator = coordinator_of(story.group)
    story.bone = GroupFactory(network=Network.objects.create(code="BOND", name="ERN BOND"), number=1, name="Bone")
    story.open(story.expert)
    story.dispatch = Dispatch.objects.get()
    return story


def test_only_places_that_somebody_coordinates_are_offered(story):
    coordinator_of(story.bone)
    nobody = GroupFactory(network=Network.objects.create(code="NEURO", name="ERN-RND"), number=1, name="Ataxia")
    page = signed_in(story.lead).get(f"/panels/{story.panel.ref}/invite/").content.decode()
    assert f'value="g{story.bone.pk}"' in page
    assert f'value="n{story.bone.network_id}"' not in page
    assert f'value="g{nobody.pk}"' not in page


def waiting(person, verb=Verb.DISPATCH):
    return WorkItem.objects.open().filter(who=person, verb=verb).count()


def told(person, notice):
    return OutboxMessage.objects.filter(recipient=person, notice=notice).count()


def test_opening_puts_the_panel_before_its_group_and_invites_at_once(story):
    assert (story.dispatch.group, story.dispatch.state) == (story.group, DispatchState.WAITING)
    assert waiting(story.coordinator) == 1
    assert told(story.coordinator, Notice.DISPATCHED) == 1
    assert Invitation.objects.filter(invitee=story.expert).exists()
    panels.accept(story.invitation(story.expert), by=story.expert)
    assert story.contribute(story.expert).pk


def test_a_group_without_coordinators_is_looked_after_by_its_network(story):
    network_wide = UserFactory(role="none")
    give_role(network_wide, Role.NETWORK_COORDINATOR, network=story.bone.network)
    panels.address(story.fresh(), network=story.bone.network, group=story.bone, by=story.lead)
    assert waiting(network_wide) == 1


def test_coordinators_see_the_question_and_never_the_case(story):
    page = signed_in(story.coordinator).get(f"/dispatch/{story.dispatch.pk}/").content.decode()
    assert story.canary("question") in page
    assert story.canary("diagnosis") in page
    hidden = ("summary", "finding", "lab", "variant", "title", "nickname", "number")
    assert [name for name in hidden if story.canary(name) in page] == []
    panels.take_up(story.dispatch, by=story.coordinator)
    assert not Case.objects.visible_to(story.coordinator).exists()
    assert not Panel.objects.visible_to(story.coordinator).exists()


def test_taking_up_settles_it_for_all_and_names_people_for_the_lead(story):
    other = coordinator_of(story.group)
    named = UserFactory()
    panels.take_up(story.dispatch, people=[named, story.expert], by=story.coordinator)
    assert (waiting(story.coordinator), waiting(other)) == (0, 0)
    assert told(story.lead, Notice.DISPATCH_DECIDED) == 1
    assert queries.proposed(story.fresh()) == [named]
    assert named.display_name in signed_in(story.lead).get(f"/panels/{story.panel.ref}/invite/").content.decode()
    with pytest.raises(Refused):
        panels.take_up(story.dispatch, by=other)


def test_forwarding_to_another_network_keeps_the_way_and_the_reason(story):
    to = coordinator_of(story.bone)
    words = {"network": story.bone.network, "group": story.bone, "reason": story.canary("forward-reason")}
    panels.forward(story.dispatch, by=story.coordinator, **words)
    first, second = queries.addressed(story.panel)
    assert (first.state, second.state) == (DispatchState.FORWARDED, DispatchState.WAITING)
    assert (second.group, second.came_from, second.note) == (story.bone, first, first.reason)
    assert (waiting(to), waiting(story.coordinator)) == (1, 0)
    assert not Dispatch.objects.for_coordinator(to).filter(pk=first.pk).exists()
    assert story.fresh().group == story.group
    assert story.canary("forward-reason") in signed_in(to).get(second.get_absolute_url()).content.decode()


def test_forwarding_within_the_network_moves_the_panel_to_the_new_group(story):
    calcium = GroupFactory(number=2, name="Calcium")
    panels.forward(story.dispatch, network=calcium.network, group=calcium, reason="Theirs.", by=story.coordinator)
    assert story.fresh().group == calcium


def test_a_returned_panel_waits_for_the_lead_and_comes_back_with_the_answer(story):
    panels.return_with_question(story.dispatch, reason=story.canary("asked"), by=story.coordinator)
    assert (waiting(story.coordinator), waiting(story.lead, Verb.CLARIFY)) == (0, 1)
    assert told(story.lead, Notice.DISPATCH_RETURNED) == 1
    client = signed_in(story.lead)
    assert story.canary("asked") in client.get(f"/panels/{story.panel.ref}/").content.decode()
    assert client.post(f"/dispatch/{story.dispatch.pk}/clarify/", {"text": "  "}).status_code == 302
    assert waiting(story.lead, Verb.CLARIFY) == 1
    client.post(f"/dispatch/{story.dispatch.pk}/clarify/", {"text": story.canary("clarified")})
    again = Dispatch.objects.waiting().get()
    assert (again.group, again.note, again.came_from) == (story.group, story.canary("clarified"), story.dispatch)
    assert (waiting(story.coordinator), waiting(story.lead, Verb.CLARIFY)) == (1, 0)


def test_words_are_asked_for_and_one_place_is_asked_once(story):
    for refused in (
        lambda: panels.forward(
            story.dispatch, network=story.bone.network, group=None, reason=" ", by=story.coordinator
        ),
        lambda: panels.return_with_question(story.dispatch, reason=" ", by=story.coordinator),
        lambda: panels.address(story.fresh(), network=story.group.network, group=story.group, by=story.lead),
        lambda: panels.address(story.fresh(), network=story.bone.network, by=story.expert),
        lambda: panels.clarify(story.dispatch, text="No question was asked.", by=story.lead),
        lambda: panels.take_up(story.dispatch, by=coordinator_of(story.bone)),
    ):
        with pytest.raises(Refused):
            refused()
    assert Dispatch.objects.get().state == DispatchState.WAITING


def test_nothing_waits_for_a_coordinator_once_the_panel_is_over_or_frozen(story):
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    assert waiting(story.coordinator) == 0
    assert not Dispatch.objects.visible_to(story.coordinator).exists()
    panels.withdraw(story.fresh(), by=story.lead)
    assert Dispatch.objects.get().state == DispatchState.ENDED


def test_every_step_is_in_the_trail_without_a_word_of_it(story):
    panels.return_with_question(story.dispatch, reason=story.canary("asked"), by=story.coordinator)
    panels.clarify(story.dispatch, text=story.canary("clarified"), by=story.lead)
    events = AuditEvent.objects.filter(subject_type="panels.dispatch").values_list("event", flat=True)
    assert list(events.order_by("pk")) == [
        Event.DISPATCHED,
        Event.DISPATCH_DECIDED,
        Event.DISPATCH_CLARIFIED,
        Event.DISPATCHED,
    ]
    rows = str(list(AuditEvent.objects.values())) + str(list(OutboxMessage.objects.values()))
    assert "CNRY" not in rows


def test_a_panel_is_national_until_somebody_abroad_is_asked(story):
    def reach():
        return queries.is_cross_border(story.fresh(), queries.seats(story.fresh(), seen={}))

    assert reach() is False
    abroad = UserFactory(centre=CentreFactory(country="SE", city="Lund"))
    panels.invite_experts(story.fresh(), people=[abroad], by=story.lead)
    assert reach() is True
    assert "Cross-border" in signed_in(story.lead).get(f"/panels/{story.panel.ref}/").content.decode()


def test_the_pages_of_a_coordinator(story):
    client = signed_in(story.coordinator)
    named = UserFactory()
    named.groups_of_interest.add(story.group)
    here = f"/dispatch/{story.dispatch.pk}"
    assert client.post(f"{here}/forward/", {"reason": "x"}).status_code == 422
    assert client.post(f"{here}/return/", {}).status_code == 422
    assert client.post(f"{here}/take-up/", {"people": [str(UserFactory().pk)]}).status_code == 422
    assert client.post(f"{here}/take-up/", {"people": [str(named.pk)]}).url == "/dispatch/"
    assert "Taken up" in client.get("/dispatch/").content.decode()
    lead = signed_in(story.lead)
    assert lead.get(f"{here}/").url == story.fresh().get_absolute_url()
    assert lead.post(f"/panels/{story.panel.ref}/address/", {"to": ""}).url.endswith("/invite/")
    other = UserFactory(role="none")
    give_role(other, Role.NETWORK_COORDINATOR, network=story.bone.network)
    lead.post(f"/panels/{story.panel.ref}/address/", {"to": f"n{story.bone.network_id}"})
    whole = Dispatch.objects.get(network=story.bone.network)
    assert whole.group is None
    theirs = signed_in(other)
    answer = theirs.post(f"/dispatch/{whole.pk}/forward/", {"to": f"g{story.bone.pk}", "reason": "Theirs."})
    assert answer.url == "/dispatch/"
    assert Dispatch.objects.waiting().get().group == story.bone
