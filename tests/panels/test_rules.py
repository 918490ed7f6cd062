"""The rules' every answer, and what the rest of the actions refuse."""

from __future__ import annotations

import datetime as dt

import pytest

from consent import actions as consent
from consent.models import ConsentForm
from consent.policy import may_be_discussed
from consent.states import Answer, Giver, Stage
from cpms import clock
from cpms.accounts.access import RULES, Refused, Verdict, ask, grants, no, rule, yes
from cpms.accounts.models import Delegation, Expertise, Unit
from cpms.accounts.policy import acts_as_clinician, may_read_kpis, may_use_staff_site
from cpms.accounts.roles import Permission
from cpms.patients import actions as patients
from cpms.patients.models import band_of
from outcomes import actions as outcomes
from outcomes.policy import may_close, may_read_document, may_sign, may_start
from outcomes.states import Decision, DocumentState
from panels import actions as panels
from panels import policy
from panels.cases import actions as cases
from panels.cases.models import Case, LabResult, plain
from panels.cases.queries import Result
from panels.cases.states import RangeSource
from panels.meetings import actions as meetings
from panels.meetings.calendars import calendar_file
from panels.meetings.models import Meeting
from panels.models import Panel
from panels.states import Move, State
from tests.factories import CentreFactory, Story, UserFactory

pytestmark = pytest.mark.django_db


def when():
    return {"starts_at": clock.now() + dt.timedelta(days=2), "minutes": 30, "link": ""}


def test_verdicts_are_truthy_or_say_why():
    assert yes
    assert not no("because")
    assert Verdict(allowed=False, reason="because").reason == "because"
    with pytest.raises(ValueError, match="has a rule already"):
        rule(Permission.SIGNED_IN)(lambda user, thing: yes)
    assert set(RULES) == set(Permission)


def test_nobody_signed_out_or_switched_off_may_anything():
    assert not ask(Permission.SIGNED_IN, UserFactory(is_active=False))


def test_only_listed_rights_are_granted_and_a_date_ends_them():
    story = Story()
    person = UserFactory()
    with pytest.raises(ValueError, match="not grantable"):
        grants.grant(person, "change_case", story.case)
    grants.grant(person, "view_case", story.case, until=clock.now() + dt.timedelta(hours=1))
    assert Case.objects.visible_to(person).exists()
    grants.grant(person, "view_case", story.case, until=story.yesterday)
    assert not Case.objects.visible_to(person).exists()


def test_who_enrols():
    assert not acts_as_clinician(UserFactory(role="none"))
    clinician = UserFactory()
    assistant = UserFactory(role="none", centre=clinician.centre)
    Delegation.objects.create(assistant=assistant, clinician=clinician)
    assert acts_as_clinician(assistant)
    assert not ask(Permission.PANEL_DRAFT, UserFactory(role="none"))
    uncleared = UserFactory(centre=CentreFactory(cleared_on=None))
    verdict = ask(Permission.PANEL_DRAFT, uncleared)
    assert "clearance" in verdict.reason
    with pytest.raises(Refused, match="clearance"):
        patients.enrol(by=uncleared, sex="female", country="FI", birth_year=2000)
    assert not may_use_staff_site(clinician)
    assert not may_read_kpis(clinician)


def test_no_stage_one_no_clinical_entry():
    lead = UserFactory()
    patient = patients.enrol(by=lead, sex="male", country="FI", birth_year=clock.today().year - 1, birth_month=12)
    assert not may_be_discussed(patient)
    with pytest.raises(Refused, match="stage 1"):
        cases.start_case(patient, by=lead)
    answer = {"stage": Stage.CARE, "answer": Answer.REFUSED, "given_by": Giver.PATIENT, "given_on": clock.today()}
    consent.record_consent(patient, by=lead, **answer)
    assert not may_be_discussed(patient)
    consent.record_consent(patient, by=lead, **{**answer, "answer": Answer.GIVEN})
    assert may_be_discussed(patient)
    assert consent.withdraw_consent(patient, by=lead, stage=Stage.REGISTRY) == 0
    assert consent.withdraw_consent(patient, by=lead, stage=Stage.CARE) == 1
    assert "months" in patient.age_text


def test_only_the_treating_side_corrects_and_not_after_withdrawal():
    story = Story()
    story.open()
    story.seat(story.expert)
    with pytest.raises(Refused, match="treating side"):
        cases.correct_case(story.case, cases.Correction(), version=story.case.version, by=story.expert)
    with pytest.raises(Refused):
        cases.add_diagnosis(story.case, label="x", status="confirmed", by=story.expert)
    assert cases.add_diagnosis(story.case, label="x", status="odd", by=story.lead).status == "suspected"


def test_moves_follow_the_table():
    story = Story()
    panel = story.open()
    for verb in (Move.OPEN, Move.CLOSE, Move.REOPEN):
        verdict = policy.may_move(story.lead, panel, verb)
        assert "open" in verdict.reason
    assert not policy.may_move(story.expert, panel, Move.WITHDRAW)
    assert not policy.may_prepare(story.lead, panel)
    assert not policy.may_prepare(story.expert, panel)
    draft = Panel(case=story.case, lead=story.lead, state=State.DRAFT)
    assert policy.may_prepare(story.lead, draft)
    assert not policy.may_take_part(story.lead, draft)
    assert not policy.may_lead(story.lead, draft)


def test_what_a_stranger_may_not():
    story = Story()
    panel = story.open()
    stranger = UserFactory()
    for deed in (
        lambda: panels.contribute(panel, kind="test", text="x", by=stranger),
        lambda: panels.comment(panel, text="x", by=stranger),
        lambda: panels.invite_experts(panel, people=[stranger], by=stranger),
        lambda: panels.invite_guest(panel, email="a@b.example", name="", hospital="", country="", by=stranger),
        lambda: panels.draft_panel(story.case, network=panel.network, by=stranger),
        lambda: panels.prepare(panel, by=stranger, version=1, question="x"),
        lambda: meetings.schedule(panel, by=stranger, **when()),
        lambda: outcomes.start_outcome(panel, by=stranger),
        lambda: outcomes.write_outcome(panel, conclusion="", items=[], version=1, by=stranger),
        lambda: outcomes.send_for_signature(panel, by=stranger),
        lambda: outcomes.sign(panel, decision=Decision.SIGNED, number=1, by=stranger),
        lambda: outcomes.close_panel(panel, by=stranger, although=9),
        lambda: panels.freeze(str(panel.pk), by=None) or panels.reopen(panel, by=stranger),
    ):
        with pytest.raises(Refused):
            deed()


def test_stances_and_marks_have_their_rules():
    story = Story()
    story.open()
    story.seat(story.expert)
    said = story.contribute(story.expert)
    with pytest.raises(Refused, match="your own"):
        panels.take_stance(said, kind="agree", by=story.expert)
    with pytest.raises(Refused, match="in words"):
        panels.take_stance(said, kind="dissent", by=story.lead)
    with pytest.raises(Refused):
        panels.mark(said, marked=True, by=story.expert)
    panels.take_stance(said, kind="agree", by=story.lead)
    panels.take_stance(said, kind="amend", text="twice", by=story.lead)
    assert [stance.kind for stance in said.stances.all()] == ["amend"]
    panels.mark(said, marked=True, by=story.lead)
    assert panels.mark(said, marked=False, by=story.lead).marked_at is None


def test_invitations_have_their_rules():
    story = Story()
    story.open(story.expert)
    invitation = story.invitation(story.expert)
    for deed in (
        lambda: panels.accept(invitation, by=story.lead),
        lambda: panels.decline(invitation, reason="time", by=story.lead),
    ):
        with pytest.raises(Refused, match="somebody else"):
            deed()
    with pytest.raises(Refused):
        panels.end_invitation(invitation, by=story.expert)
    panels.end_invitation(invitation, by=story.lead)
    assert story.invitation(story.expert).state == "withdrawn"
    with pytest.raises(Refused, match="ended already"):
        panels.end_invitation(story.invitation(story.expert), by=story.lead)
    story.invite_guest(until=clock.today() + dt.timedelta(days=3))
    with pytest.raises(Refused, match="invited already"):
        story.invite_guest()
    panels.invite_experts(story.fresh(), people=[story.expert], by=story.lead)
    last = story.fresh().invitations.filter(state="pending", invitee=story.expert).get()
    panels.withdraw(story.fresh(), by=story.lead)
    with pytest.raises(Refused, match="not open"):
        panels.accept(last, by=story.expert)


def test_a_second_seat_keeps_the_case_in_sight():
    story = Story()
    story.open()
    story.seat(story.expert)
    second = panels.draft_panel(story.case, network=story.group.network, by=story.lead)
    panels.prepare(second, by=story.lead, version=second.version, question="And?", group=story.group)
    panels.open_panel(Panel.objects.with_case().get(pk=second.pk), by=story.lead, experts=[story.expert])
    panels.accept(second.invitations.get(), by=story.expert)
    panels.end_invitation(story.invitation(story.expert), by=story.lead)
    assert Case.objects.visible_to(story.expert).exists()
    panels.withdraw(second, by=story.lead)
    assert not Case.objects.visible_to(story.expert).exists()


def test_meetings_reach_newcomers_and_carry_no_clinical_word():
    story = Story()
    story.open()
    meeting = meetings.schedule(story.fresh(), by=story.lead, **when())
    story.seat(story.expert)
    assert meetings.call_newcomer(str(story.panel.pk), str(story.expert.pk), by=None) == 1
    text = calendar_file(meeting, [story.panel.ref])
    assert "CNRY" not in text
    assert f"UID:{meeting.pk}@cpms" in text
    with pytest.raises(Refused):
        meetings.hold(meeting, present=[], by=story.expert)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=clock.now())
    meetings.hold(meeting, present=[story.expert.pk], by=story.lead)
    with pytest.raises(Refused, match="already"):
        meetings.hold(meeting, present=[], by=story.lead)
    assert may_start(story.lead, story.fresh())


def test_outcomes_have_their_rules():
    story = Story()
    story.open()
    story.seat(story.expert)
    story.contribute(story.expert)
    assert not may_sign(story.expert, story.fresh())
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    assert "has not asked" in may_sign(story.expert, story.fresh()).reason
    assert "Ask for signatures" in may_close(story.lead, story.fresh()).reason
    with pytest.raises(Refused, match="conclusion"):
        outcomes.send_for_signature(story.fresh(), by=story.lead)
    outcomes.write_outcome(story.fresh(), conclusion="So.", items=[], version=outcome.version, by=story.lead)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    with pytest.raises(Refused, match="already"):
        outcomes.send_for_signature(story.fresh(), by=story.lead)
    with pytest.raises(Refused, match="in words"):
        outcomes.sign(story.fresh(), decision=Decision.DISSENT, number=1, by=story.expert)
    with pytest.raises(Refused, match="Sign, or dissent"):
        outcomes.sign(story.fresh(), decision=Decision.SILENT, number=1, by=story.expert)
    outcomes.close_panel(story.fresh(), by=story.lead, although=9)
    document = story.fresh().documents.get()
    assert not may_read_document(story.lead, document)
    assert document.progress == 10
    document.state = DocumentState.FAILED
    document.save()
    assert outcomes.retry_document(document, by=story.lead).state == DocumentState.WAITING
    panels.reopen(story.fresh(), by=story.lead)
    again = outcomes.start_outcome(story.fresh(), by=story.lead)
    assert (again.pk, again.state) == (outcome.pk, "draft")


@pytest.mark.parametrize(
    ("low", "high", "sign", "value", "flag", "text"),
    [
        (133, 142, "", 129, "low", "133–142"),
        (133, 142, "", 150, "high", "133–142"),
        (133, 142, "", 140, "inside", "133–142"),
        (None, 6, "<", 3, "inside", "≤ 6"),
        (None, 6, ">", 10, "high", "≤ 6"),
        (5, None, "<", 5, "low", "≥ 5"),
        (None, None, "", 5, "", ""),
    ],
)
def test_results_are_flagged_against_their_own_range(low, high, sign, value, flag, text):
    whose = RangeSource.NONE if text == "" else RangeSource.LABORATORY
    result = Result(LabResult(comparator=sign, value=value, label="x"), low=low, high=high, whose=whose)
    assert (result.flag, result.range_text) == (flag, text)


def test_words_of_models_name_no_patient():
    story = Story()
    panel = story.open()
    story.seat(story.expert)
    said = story.contribute(story.expert)
    message = panels.comment(panel, text="x", by=story.lead)
    things = [panel, story.case, said, message, story.invitation(story.expert), story.patient, *panel.steps.all()]
    assert [token for thing in things for token in [str(thing)] if "CNRY" in token] == []
    assert (plain(None), plain(story.case.labs.get().value)) == ("", "129")
    assert [band_of(age) for age in (None, 1, 3, 17, 80)] == [
        "age not given",
        "under 2 years",
        "2 to 4 years",
        "15 to 19 years",
        "80 to 84 years",
    ]
    assert str(ConsentForm(language="fi", version=2)) == "suomi, version 2"
    assert str(Unit(name="Ward")) == str(Expertise(name="Ward")) == "Ward"
