"""Another clinician answers for a patient: who may say so, what follows at once, and who is asked when a clinician has gone."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consent import actions as consent
from consent.models import Consent, Review
from consent.states import Answer, Giver, ReviewKind, Stage
from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused, ask
from cpms.accounts.models import Delegation, User
from cpms.accounts.roles import Permission, Role
from cpms.audit.models import AuditEvent
from cpms.notifications.models import WorkItem
from cpms.patients import actions as patients
from cpms.patients.models import Patient
from cpms.patients.policy import may_give, may_take
from outcomes import actions as outcomes
from outcomes.models import SignOff
from panels import actions
from panels.cases.models import CaseGrant
from panels.forms import handing_over
from panels.models import PanelStep
from tests.clients import signed_in
from tests.factories import Story, UserFactory, give_role
from tests.patients.house import ALL, MEMBER, MINE, NOTHING, House, again, mails, opens, sees, waits

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def house():
    return House()


def test_only_who_answers_for_a_patient_hands_it_over(house):
    """While the clinician is here nobody but the clinician; afterwards who represents the hospital, and nobody else."""
    patient, elsewhere = house.patient(), UserFactory(role="none")
    give_role(elsewhere, Role.REPRESENTATIVE, centre=elsewhere.centre)
    coordinator, guest = UserFactory(role="none"), UserFactory(role="none", centre=None)
    give_role(coordinator, Role.NETWORK_COORDINATOR, network=house.centre.networks.get())
    people = [house.lead, house.assistant, house.colleague, house.representative, elsewhere, coordinator, guest]
    assert [bool(may_give(one, patient)) for one in people] == [True, *[False] * 6]
    assert [bool(ask(Permission.PATIENT_HAND_OVER, one)) for one in people] == [True, *[False] * 6]
    house.lead_goes()
    patient = house.patient()
    assert [bool(may_give(again(one), patient)) for one in people[1:]] == [False, False, True, False, False, False]
    left = [bool(ask(Permission.CENTRE_HAND_OVER, one, house.centre)) for one in people]
    assert left == [False, False, False, True, False, False, False]
    Patient.objects.filter(pk=patient.pk).update(erased_at=clock.now(), erased_by=house.lead)
    assert may_give(house.representative, house.patient()).reason == "This patient is erased."


def test_who_gave_the_patient_away_since_the_page_was_opened_records_no_consent(house):
    loaded = house.patient()
    actions.hand_over([house.patient()], to=house.colleague, by=house.lead)
    answer = {"answer": Answer.GIVEN, "given_by": Giver.PARENT, "given_on": clock.today()}
    for one in (house.lead, house.assistant):
        with pytest.raises(Refused, match="treating side"):
            consent.record_consent(loaded, by=one, stage=Stage.RESEARCH, **answer)
        with pytest.raises(Refused, match="treating side"):
            consent.withdraw_consent(loaded, by=one, stage=Stage.CARE)
    assert consent.record_consent(loaded, by=house.her_assistant, stage=Stage.RESEARCH, **answer).pk
    assert consent.withdraw_consent(loaded, by=house.colleague, stage=Stage.CARE) == 1


def test_a_clinician_who_has_left_gives_nothing_away(house):
    accounts.leave_centre(again(house.lead), by=house.representative)
    assert "do not work" in may_give(again(house.lead), house.patient()).reason
    assert may_give(house.representative, house.patient())
    assert signed_in(again(house.lead)).get(MINE, secure=True).status_code == 403


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ("colleague", ""),
        ("self", "answers for the patient already"),
        ("other centre", "active clinician of the patient's hospital"),
        ("inactive", "active clinician of the patient's hospital"),
        ("not activated", "active clinician of the patient's hospital"),
        ("guest", "active clinician of the patient's hospital"),
        ("assistant", "active clinician of the patient's hospital"),
    ],
)
def test_patients_go_to_another_active_clinician_of_the_same_hospital(house, who, why):
    to = {
        "colleague": lambda: house.colleague,
        "self": lambda: house.lead,
        "other centre": UserFactory,
        "inactive": lambda: UserFactory(centre=house.centre, is_active=False),
        "not activated": lambda: UserFactory(centre=house.centre, activated_at=None),
        "guest": lambda: UserFactory(role="none", centre=None, guest_hospital="Far Hospital"),
        "assistant": lambda: house.assistant,
    }[who]()
    assert bool(may_take(to, house.patient())) is not bool(why)
    if why:
        with pytest.raises(Refused, match=why):
            actions.hand_over([house.patient()], to=to, by=house.lead)
        page = signed_in(house.lead).post(MINE, {"patients": [house.story.patient.pk], "to": to.pk}, secure=True)
        assert page.status_code == 422
        assert house.patient().enrolled_by == house.lead


def test_a_hospital_without_clearance_takes_no_patient(house):
    centre = house.centre
    centre.cleared_on = None
    centre.save()
    assert "clearance is missing" in may_take(house.colleague, house.patient()).reason
    words = {"everyone": "on", "to": house.colleague.pk}
    page = signed_in(house.lead).post(MINE, words, secure=True)
    assert page.status_code == 422
    assert page.content.decode().count("clearance is missing") >= 1
    assert house.patient().enrolled_by == house.lead


def test_sight_lead_work_and_mail_follow_at_once(house):
    story, lead, next_one = house.story, house.lead, house.colleague
    story.open()
    story.seat(story.expert)
    story.contribute(story.expert, kind="need_data")
    people = [lead, house.assistant, next_one, house.her_assistant, house.representative, story.expert]
    assert sees(house, *people) == [ALL, ALL, NOTHING, NOTHING, NOTHING, MEMBER]
    consents = list(Consent.objects.values())
    assert (waits(lead), mails(lead)) == (["add_data"], ["invitation_answered", "new_advice"])
    page = signed_in(lead).post(MINE, {"patients": [story.patient.pk], "to": next_one.pk}, secure=True)
    assert (page.status_code, page.url) == (302, reverse("patients:list"))
    assert sees(house, *people) == [NOTHING, NOTHING, ALL, ALL, NOTHING, MEMBER]
    gone, there = (404, 404), (200, 200)
    assert opens(house, *people) == [gone, gone, there, there, gone, (404, 200)]
    assert (waits(lead), waits(next_one), mails(lead), mails(next_one)) == ([], ["add_data"], [], ["handed_over"])
    assert (story.fresh().lead, list(Consent.objects.values())) == (next_one, consents)
    row = AuditEvent.objects.get(event="patient_handed_over")
    assert (row.actor_id, row.patient_id) == (lead.pk, story.patient.pk)
    assert row.detail == {"from": str(lead.pk), "to": str(next_one.pk)}
    log = signed_in(story.expert).get(story.fresh().get_absolute_url(), secure=True).content.decode()
    assert f"Led by {next_one.display_name} from now on, handed over: {lead.display_name}" in log
    page = signed_in(next_one).get(story.patient.get_absolute_url(), secure=True).content.decode()
    assert f"enrolled by {lead.display_name}" in page
    assert actions.mend_sight(by=None) == 0


def test_who_led_before_stays_where_they_are_a_member_otherwise(house):
    """A colleague's assistant who is a member keeps the seat; the next lead's own seat ends, with what was asked of it."""
    story, next_one = house.story, house.colleague
    member = UserFactory(centre=house.centre)
    Delegation.objects.create(assistant=member, clinician=house.lead)
    story.open()
    for person in (member, next_one):
        story.seat(person)
    story.contribute(member)
    assert waits(next_one) == ["reply"]
    outcomes.start_outcome(story.fresh(), by=house.lead)
    assert (waits(house.lead), waits(next_one)) == (["write_outcome"], [])
    actions.hand_over([house.patient()], to=next_one, by=house.lead)
    assert opens(house, house.lead, member, next_one) == [(404, 404), (404, 200), (200, 200)]
    assert story.fresh().invitations.get(invitee=next_one).state == "ended"
    assert list(CaseGrant.objects.values_list("user", flat=True)) == [member.pk]
    assert (waits(house.lead), waits(next_one)) == ([], ["write_outcome"])
    outcome = story.fresh().outcome
    words = {"conclusion": "Give salt.", "items": [], "version": outcome.version}
    outcomes.write_outcome(story.fresh(), by=next_one, **words)
    outcomes.send_for_signature(story.fresh(), by=next_one)
    signed = dict(SignOff.objects.values_list("who__display_name", "decision"))
    assert signed == {next_one.display_name: "signed", member.display_name: "pending"}
    assert actions.mend_sight(by=None) == 0


def test_drafts_follow_and_what_is_over_keeps_its_lead_until_something_is_asked_of_it(house):
    """A closed panel's lead stands on record; reopened, it is led by who answers now, whose seat there ends."""
    story, next_one, draft = house.story, house.colleague, Story("draft")
    draft.lead = house.lead
    assert draft.panel
    story.open()
    story.seat(next_one)
    story.contribute(next_one)
    outcomes.start_outcome(story.fresh(), by=house.lead)
    outcome = story.fresh().outcome
    outcomes.write_outcome(story.fresh(), conclusion="Salt.", items=[], version=outcome.version, by=house.lead)
    outcomes.send_for_signature(story.fresh(), by=house.lead)
    outcomes.close_panel(story.fresh(), by=house.lead, although=9)
    actions.hand_over(Patient.objects.filter(enrolled_by=house.lead), to=next_one, by=house.lead)
    assert (draft.fresh().lead, story.fresh().lead) == (next_one, house.lead)
    assert (waits(house.lead), waits(next_one)) == ([], ["effect", "finish_draft"])
    actions.reopen(story.fresh(), by=next_one)
    assert (story.fresh().lead, story.fresh().invitations.get(invitee=next_one).state) == (next_one, "ended")
    assert list(PanelStep.objects.filter(verb="hand_over").values_list("panel", "lead")) == [
        (draft.panel.pk, next_one.pk),
        (story.panel.pk, next_one.pk),
    ]
    assert actions.mend_sight(by=None) == 0


def test_what_is_to_be_looked_at_again_waits_for_who_answers_now(house):
    due = {"kind": ReviewKind.RETENTION, "due_on": clock.today()}
    review = Review.objects.create(patient=house.story.patient, **due)
    actions.hand_over([house.patient()], to=house.colleague, by=house.lead)
    assert [Review.objects.visible_to(again(one)).count() for one in (house.lead, house.colleague)] == [0, 1]
    assert (waits(house.colleague), mails(house.colleague)) == (["keep_or_erase"], ["handed_over", "keep_or_erase"])
    assert WorkItem.objects.get().path == review.get_absolute_url()


def test_a_new_panel_is_led_by_who_answers_when_it_is_drafted(house):
    case = house.story.case
    assert case.patient.enrolled_by == house.lead
    actions.hand_over([house.patient()], to=house.colleague, by=house.lead)
    with pytest.raises(Refused):
        actions.draft_panel(case, network=house.centre.networks.get(), by=again(house.lead))
    panel = actions.draft_panel(case, network=house.centre.networks.get(), by=again(house.colleague))
    assert panel.lead == house.colleague


def test_all_of_them_or_none_and_a_form_sent_twice_is_one_hand_over(house):
    client = signed_in(house.lead)
    empty = client.post(MINE, {"to": house.colleague.pk}, secure=True)
    assert (empty.status_code, "Tick a patient first" in empty.content.decode()) == (422, True)
    strange, other = House("b").patient(), Story("c")
    other.lead = house.lead
    refused = client.post(MINE, {"patients": [strange.pk], "to": house.colleague.pk}, secure=True)
    assert (refused.status_code, "not here to hand over" in refused.content.decode()) == (422, True)
    with pytest.raises(Refused):
        actions.hand_over([house.patient(), strange], to=house.colleague, by=house.lead)
    assert other.patient.enrolled_by == house.patient().enrolled_by == house.lead
    sent = {"everyone": "on", "to": house.colleague.pk, "idempotency_key": "6f0a5d0e-8f5e-4b39-9d1d-0f2b6f0f1c11"}
    assert [client.post(MINE, sent, secure=True).status_code for _ in range(2)] == [302, 302]
    assert Patient.objects.filter(enrolled_by=house.colleague).count() == 2
    assert AuditEvent.objects.filter(event="patient_handed_over").count() == 2
    assert mails(house.colleague) == ["handed_over"]


@pytest.mark.parametrize("gone", [False, True])
def test_both_pages_ask_the_same_number_of_questions_for_1_and_for_30(house, gone):
    def count() -> int:
        client, here = signed_in(house.representative if gone else house.lead), house.left if gone else MINE
        client.get(here, secure=True)
        with CaptureQueriesContext(connection) as caught:
            page = client.get(here, secure=True)
        assert page.content.decode().count('name="patients"') == Patient.objects.count()
        return len(caught)

    if gone:
        house.lead_goes()
    few = count()
    User.objects.filter(pk=house.lead.pk).update(is_active=True)
    for number in range(29):
        patients.enrol(by=again(house.lead), sex="female", country="FI", birth_year=2015, nickname=f"n{number}")
    User.objects.filter(pk=house.lead.pk).update(is_active=not gone)
    assert count() == few


def test_of_very_many_patients_the_first_are_shown_and_all_of_them_handed_over(house, monkeypatch):
    monkeypatch.setattr(handing_over, "MOST_SHOWN", 2)
    for _ in range(2):
        patients.enrol(by=house.lead, sex="female", country="FI", birth_year=2015)
    client = signed_in(house.lead)
    page = client.get(MINE, secure=True).content.decode()
    assert (page.count('name="patients"'), "1 more not shown" in page) == (2, True)
    client.post(MINE, {"everyone": "on", "to": house.colleague.pk}, secure=True)
    assert Patient.objects.filter(enrolled_by=house.colleague).count() == 3
