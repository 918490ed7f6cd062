"""A physician outside the networks asks: coordinators decide, a clinician opens the panel, the physician is its guest."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.core.cache import cache
from django.urls import reverse

from cpms import clock, words
from cpms.accounts.access import Refused
from cpms.accounts.models import Delegation, Network
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import Verb
from cpms.vault.fields import ERASED
from panels import actions as panels
from panels.models import Invitation, Panel, Referral
from panels.states import REFERRAL_WAITS, ReferralState
from tests.clients import signed_in
from tests.factories import GroupFactory, NetworkFactory, Story, UserFactory, canary, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
WORDS = "CNRY-referral"
TYPED = {
    "name": "Dr Far Away",
    "email": "Far@outside.example",
    "hospital": "County Hospital, Galway",
    "country": "IE",
    "urgency": "soon",
    "text": WORDS,
    "agreed": "on",
}


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()
    canary("referral")


@pytest.fixture
def coordinator():
    person = UserFactory(role="none")
    give_role(person, Role.GROUP_COORDINATOR, group=GroupFactory())
    return person


def send(client, **changes):
    return client.post("/refer/", {**TYPED, "to": f"g{GroupFactory().pk}", **changes})


@pytest.fixture
def referral(client, coordinator):
    assert send(client).url == "/refer/received/"
    return Referral.objects.get()


def link():
    return OutboxMessage.objects.get(notice=Notice.REFERRAL_RECEIVED).link


def working(person, verb):
    return WorkItem.objects.open().filter(who=person, verb=verb).count()


def test_the_words_are_sealed_and_in_no_mail_or_trail(referral, coordinator):
    assert referral.text == WORDS
    assert (referral.email, referral.group) == ("far@outside.example", GroupFactory())
    assert working(coordinator, Verb.REFERRAL) == 1
    rows = [list(model.objects.values()) for model in (OutboxMessage, WorkItem, AuditEvent)]
    assert "CNRY" not in str(rows)
    assert WORDS.encode() not in bytes(Referral.objects.values_list("text", flat=True).get())


def test_sent_twice_it_is_one_referral(client, coordinator):
    key = str(uuid.uuid4())
    assert [send(client, idempotency_key=key).url for _ in range(2)] == ["/refer/received/"] * 2
    assert Referral.objects.count() == 1
    refused = send(client, idempotency_key=(other := str(uuid.uuid4())), text="")
    assert (refused.status_code, send(client, idempotency_key=other).status_code) == (422, 302)
    assert Referral.objects.count() == 2


def test_the_answer_is_the_same_with_an_account_and_without(client, coordinator):
    UserFactory(email="known@hospital.example")
    known, unknown = send(client, email="known@hospital.example"), send(client)
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert set(OutboxMessage.objects.filter(notice=Notice.REFERRAL_RECEIVED).values_list("address", flat=True)) == {
        "known@hospital.example",
        "far@outside.example",
    }


def test_a_form_without_the_patients_agreement_is_not_taken(client, coordinator):
    answer = send(client, agreed="")
    assert answer.status_code == 422
    assert not Referral.objects.exists()


def test_one_address_is_heard_five_times_a_day_and_nobody_floods(client, coordinator):
    for _ in range(7):
        assert send(client).status_code == 302
    assert Referral.objects.count() == 5
    answers = [send(client, email=f"p{number}@outside.example").status_code for number in range(6)]
    assert answers[-1] == 429


def test_marks_are_shown_to_somebody_outside_and_are_limited(client):
    def mark():
        return client.post(reverse("cases:marks"), {"text": "Mrs Anna Virtanen"}, content_type="application/json")

    assert b"Anna Virtanen" in mark().content
    assert {mark().status_code for _ in range(60)} == {200, 429}


def test_the_private_link_says_where_it_stands_and_never_the_words(client, referral, coordinator):
    page = client.get(link()).content.decode()
    assert "Waiting" in page
    assert WORDS not in page
    assert client.get("/refer/another-token/").status_code == 410
    panels.decline_referral(referral, reason="Not ours: please ask ERN BOND.", by=coordinator)
    assert "please ask ERN BOND" in client.get(link()).content.decode()
    assert OutboxMessage.objects.filter(notice=Notice.REFERRAL_ANSWERED, address=referral.email).count() == 1
    assert working(coordinator, Verb.REFERRAL) == 0


def test_an_assistant_of_two_does_not_give_it_to_the_other_clinician(referral, coordinator):
    lead = UserFactory()
    other, helper = UserFactory(centre=lead.centre), UserFactory(role="none", centre=lead.centre)
    for clinician in (lead, other):
        Delegation.objects.create(assistant=helper, clinician=clinician)
    panels.accept_referral(referral, clinician=lead, by=coordinator)
    typed = {"referral": referral.pk, "clinician": other.pk, "sex": "female", "birth_year": 2010, "country": "FI"}
    typed |= {"route": "own", "stage_1": "given", "given_by": "parent", "given_on": "2026-01-05", "language": "en"}
    client, here = signed_in(helper), reverse("panels:new")
    answer = client.post(here, typed, secure=True)
    assert answer.status_code == 422
    assert "accepted for another clinician" in answer.content.decode()
    assert client.post(here, typed | {"clinician": lead.pk}, secure=True).status_code == 302
    assert Panel.objects.get().lead == lead


def test_accepted_it_becomes_a_panel_whose_guest_is_the_physician(referral, coordinator):
    lead = UserFactory()
    page = signed_in(coordinator).post(f"/referrals/{referral.pk}/accept/", {"clinician": str(lead.pk)})
    assert page.url == "/referrals/"
    assert working(lead, Verb.START_PANEL) == 1
    client = signed_in(lead)
    assert WORDS in client.get(f"/referrals/{referral.pk}/").content.decode()
    form = client.get(f"/panels/new/?referral={referral.pk}").context["form"]
    assert (form.initial["country"], form.initial["route"]) == ("IE", "non_ern")
    story = Story()
    story.lead = lead
    draft = panels.grow_from_referral(
        referral, panels.draft_panel(story.case, network=NetworkFactory(), by=lead), by=lead
    )
    assert (draft.question, draft.group, draft.urgency) == (WORDS, GroupFactory(), "soon")
    assert working(lead, Verb.START_PANEL) == 0
    assert Referral.objects.get().text == ERASED
    page = client.get(f"/referrals/{referral.pk}/").content.decode()
    assert draft.ref in page
    assert ERASED not in page
    with pytest.raises(Refused):
        panels.grow_from_referral(referral, draft, by=lead)
    draft = panels.prepare(draft, by=lead, version=draft.version, question=draft.question, group=draft.group)
    panels.open_panel(draft, by=lead)
    guest = Invitation.objects.guests().get(panel=draft)
    assert (guest.invitee.email, guest.invitee.guest_hospital) == ("far@outside.example", "County Hospital, Galway")
    assert OutboxMessage.objects.filter(notice=Notice.GUEST_INVITED, recipient=guest.invitee).count() == 1


def test_the_first_page_of_a_panel_carries_the_referral(referral, coordinator):
    lead = UserFactory()
    panels.accept_referral(referral, clinician=lead, by=coordinator)
    typed = {"sex": "male", "birth_year": "2018", "country": "IE", "route": "non_ern", "stage_1": "given"}
    given = {
        "given_by": "parent",
        "given_on": clock.today().isoformat(),
        "language": "en",
        "referral": str(referral.pk),
    }
    signed_in(lead).post("/panels/new/", {**typed, **given})
    referral.refresh_from_db()
    assert referral.panel == Panel.objects.get()
    assert Panel.objects.get().question == WORDS
    assert signed_in(UserFactory()).get("/panels/new/?referral=nonsense").status_code == 200


def test_an_accepted_one_goes_to_somebody_else_until_its_panel_is_begun(referral, coordinator):
    first, second = UserFactory(), UserFactory()
    panels.accept_referral(referral, clinician=first, by=coordinator)
    panels.accept_referral(referral, clinician=second, by=coordinator)
    assert (working(first, Verb.START_PANEL), working(second, Verb.START_PANEL)) == (0, 1)
    panels.pass_referral_on(referral, network=referral.network, group=None, reason="Nobody can.", by=coordinator)
    referral.refresh_from_db()
    assert (referral.state, referral.clinician) == (ReferralState.WAITING, None)
    assert working(second, Verb.START_PANEL) == 0
    assert OutboxMessage.objects.filter(notice=Notice.REFERRAL_ANSWERED).count() == 1


def test_one_that_nobody_begins_ends_and_its_physician_is_told(referral, coordinator, client):
    chosen = UserFactory()
    panels.accept_referral(referral, clinician=chosen, by=coordinator)
    Referral.objects.update(decided_at=clock.now() - 3 * REFERRAL_WAITS)
    assert panels.look_after_referrals(by=None) == 1
    assert panels.look_after_referrals(by=None) == 0
    assert working(chosen, Verb.START_PANEL) == 0
    assert OutboxMessage.objects.filter(notice=Notice.REFERRAL_ANSWERED).count() == 2
    assert "Ended without an answer" in client.get(link()).content.decode()


def test_a_draft_given_up_is_an_answer_too(referral, coordinator, client):
    story = Story()
    panels.accept_referral(referral, clinician=story.lead, by=coordinator)
    fresh = panels.draft_panel(story.case, network=NetworkFactory(), by=story.lead)
    panels.grow_from_referral(referral, fresh, by=story.lead)
    panels.withdraw(fresh, by=story.lead)
    assert OutboxMessage.objects.filter(notice=Notice.REFERRAL_ANSWERED).count() == 2
    assert "ended without an outcome" in client.get(link()).content.decode()


def test_it_is_passed_on_with_a_reason(referral, coordinator):
    bone = GroupFactory(network=Network.objects.create(code="BOND", name="ERN BOND"), number=1, name="Bone")
    theirs = UserFactory(role="none")
    give_role(theirs, Role.GROUP_COORDINATOR, group=bone)
    here = signed_in(coordinator)
    assert here.post(f"/referrals/{referral.pk}/pass-on/", {"to": f"g{bone.pk}"}).status_code == 422
    here.post(f"/referrals/{referral.pk}/pass-on/", {"to": f"g{bone.pk}", "reason": "A matter of bone."})
    assert (working(coordinator, Verb.REFERRAL), working(theirs, Verb.REFERRAL)) == (0, 1)
    assert here.get(f"/referrals/{referral.pk}/").status_code == 404
    assert "A matter of bone." in signed_in(theirs).get(f"/referrals/{referral.pk}/").content.decode()


def test_what_cannot_be_decided(referral, coordinator):
    for refused in (
        lambda: panels.accept_referral(referral, clinician=UserFactory(role="none"), by=coordinator),
        lambda: panels.accept_referral(referral, clinician=UserFactory(), by=UserFactory()),
        lambda: panels.decline_referral(referral, reason=" ", by=coordinator),
        lambda: panels.pass_referral_on(
            referral, network=referral.network, group=referral.group, reason="x", by=coordinator
        ),
        lambda: panels.pass_referral_on(referral, network=referral.network, group=None, reason=" ", by=coordinator),
    ):
        with pytest.raises(Refused):
            refused()
    here = signed_in(coordinator)
    assert here.post(f"/referrals/{referral.pk}/accept/", {}).status_code == 422
    assert here.post(f"/referrals/{referral.pk}/decline/", {}).status_code == 422
    assert here.post(f"/referrals/{referral.pk}/decline/", {"reason": "Full."}).status_code == 302
    with pytest.raises(Refused):
        panels.accept_referral(referral, clinician=UserFactory(), by=coordinator)


def test_what_nobody_decides_ends_and_its_words_are_destroyed(client, referral, coordinator):
    long_ago = clock.now() - REFERRAL_WAITS - dt.timedelta(days=1)
    Referral.objects.update(asked_at=long_ago, waits_since=long_ago)
    assert panels.look_after_referrals(by=None) == 1
    assert Referral.objects.get().state == ReferralState.EXPIRED
    assert working(coordinator, Verb.REFERRAL) == 0
    assert "Ended without an answer" in client.get(link()).content.decode()
    Referral.objects.update(decided_at=long_ago)
    assert [panels.look_after_referrals(by=None) for _ in range(2)] == [1, 0]
    assert Referral.objects.get().text == ERASED


def test_passed_on_it_waits_as_long_again_and_the_physician_reads_until_when(client, referral, coordinator):
    Referral.objects.update(asked_at=clock.now() - REFERRAL_WAITS, waits_since=clock.now() - REFERRAL_WAITS)
    bone = GroupFactory(network=Network.objects.create(code="BOND", name="ERN BOND"), number=1, name="Bone")
    panels.pass_referral_on(referral, network=bone.network, group=bone, reason="A matter of bone.", by=coordinator)
    assert panels.look_after_referrals(by=None) == 0
    assert words.day(clock.now() + REFERRAL_WAITS) in client.get(link()).content.decode()
    Referral.objects.update(waits_since=clock.now() - REFERRAL_WAITS)
    assert panels.look_after_referrals(by=None) == 1


def test_what_was_accepted_and_never_begun_is_forgotten_too(referral, coordinator):
    lead = UserFactory()
    panels.accept_referral(referral, clinician=lead, by=coordinator)
    Referral.objects.update(decided_at=clock.now() - REFERRAL_WAITS - dt.timedelta(days=1))
    assert panels.look_after_referrals(by=None) == 0
    Referral.objects.update(decided_at=clock.now() - 2 * REFERRAL_WAITS - dt.timedelta(days=1))
    assert panels.look_after_referrals(by=None) == 1
    assert not Referral.objects.to_start(lead).exists()


def test_the_list_by_country(referral, coordinator, client):
    send(client, country="SE", email="other@outside.example")
    here = signed_in(coordinator)
    assert len(here.get("/referrals/").context["page"].object_list) == 2
    assert [row.country for row in here.get("/referrals/?country=SE").context["page"]] == ["SE"]
    assert len(here.get("/referrals/?country=%27").context["page"].object_list) == 2
