"""The database refuses what the code forbids: each named constraint, by a plain UPDATE or INSERT past all of our code."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from consent.models import ConsentForm, RegistryRelease
from cpms import clock
from cpms.accounts.models import AdvocacyGroup, Expertise, RecoveryCode, RecoveryDevice, Unit
from cpms.drafts import actions as drafts
from cpms.notifications.models import ChasingRule, MailWish
from cpms.terminology.models import Concept, ConceptEdge, ConceptSynonym, Terminology
from helpdesk import actions as helpdesk
from helpdesk.models import KpiCorrection, MonthlyKpi, Nudge
from helpdesk.people import actions as people
from helpdesk.tickets import actions as tickets
from helpdesk.tickets.models import Consultation
from outcomes.models import AdviceDone, FollowUp, Outcome, SignOff, SurveyAnswer, SurveyRound
from panels import actions as panels
from panels.cases import actions as cases
from panels.cases.models import CaseForm, GroupRange, LabAlias
from tests.access.world import World
from tests.constraints import CHECKS, DOUBLES, copy_of
from tests.factories import AccessRequestFactory, case_form

pytestmark = pytest.mark.django_db


def talk(world: World) -> None:
    """What is said, signed, followed up and asked around a panel."""
    lead, coordinator = world.people["lead"], world.people["network_coordinator"]
    panels.note_visit(world.story.fresh(), by=world.people["member"])
    other = world.other.contribute(world.people["member_elsewhere"])
    panels.take_stance(other, kind="agree", by=world.other.lead)
    panels.reword(other, text="In other words.", by=world.people["member_elsewhere"])
    panels.save_filter("state=open", label="Open", by=lead)
    panels.wish_meeting(world.other.fresh(), by=world.people["member_elsewhere"])
    late = Outcome.objects.get(panel=world.story.panel)
    SignOff.objects.create(outcome=late, who=lead, number=9, key=late.key)
    asked = {"panel": world.story.panel, "months": 3, "closed_on": dt.date(2020, 1, 1), "key": late.key}
    AdviceDone.objects.create(follow_up=FollowUp.objects.create(**asked), number=1, done="done", key=late.key)
    who = {"opened_by": coordinator, "closed_by": coordinator, "closed_at": clock.now()}
    survey = SurveyRound.objects.create(network=world.story.group.network, number=2, **who)
    SurveyAnswer.objects.create(round=survey, kind="user", useful=8)
    panels.thank(world.story.fresh(), useful=8, text="Thank you.", by=lead)
    panels.ask_group(world.story.group, text="Which assay do you use?", by=lead)
    Consultation.objects.create(ticket=world.ticket, network=world.other.group.network, asked_by=coordinator)
    tickets.vote(world.entry, wanted=True, by=lead)


@pytest.fixture
def rows():
    """At least one row of every table that has a constraint."""
    world = World("closed")
    lead, member, coordinator = (world.people[name] for name in ("lead", "member", "network_coordinator"))
    Unit.objects.create(centre=lead.centre, name="Endocrinology")
    AdvocacyGroup.objects.create(network=world.story.group.network, name="Invented Patients Together", country="IE")
    Expertise.objects.create(user=lead, system="ORPHA", code="ORPHA:418", name="Rare")
    RecoveryCode.objects.create(device=RecoveryDevice.objects.create(user=lead, name="codes"), digest="d")
    ConsentForm.objects.create(language="en", version=8, body="Text")
    Terminology.objects.create(system="HP", version="1", licence="free", attribution="theirs")
    words = {"terminology_id": "HP", "kind": "phenotype", "search_name": "x", "search_text": "x"}
    first, second = (Concept.objects.create(code=f"HP:{n}", name=f"Term {n}", **words) for n in (1, 2))
    ConceptEdge.objects.create(parent=first, child=second)
    ConceptSynonym.objects.create(concept=first, text="Another name")
    drafts.save_draft(form="x", label="x", path="/", fields={"a": "b"}, by=lead)
    drafts.claim_post(lead, drafts.post_key("00000000-0000-4000-8000-000000000001"))
    helpdesk.freeze_month(dt.date(2020, 1, 1), by=None)
    KpiCorrection.objects.create(line=MonthlyKpi.objects.first(), figure="active", was=1, now=2)
    Nudge.objects.create(kind="return", person=lead, by=member)
    talk(world)
    ChasingRule.objects.create(network=world.story.group.network, about="answer", days=[2], changed_by=coordinator)
    MailWish.objects.create(user=lead)
    given = {"answers": {"a": "yes"}, "labs": [], "version": 0}
    cases.answer_form(world.story.case, case_form("core"), by=lead, **given)
    CaseForm.objects.create(slug="draft", version=1, title="Draft", body="{}")
    bounds = {"sex": "any", "age_from": 0, "age_to": 365, "low": 1, "high": 2, "unit": "mmol/L", "source": "A study"}
    cases.set_range(GroupRange(group=world.story.group, analyte="phosphate", **bounds), by=coordinator)
    LabAlias.objects.create(centre=lead.centre, token="t", analyte="sodium", made_by=lead)
    AccessRequestFactory(centre=lead.centre)
    RegistryRelease.objects.create(registry=world.registry, purpose="A study", taken_by=world.people["researcher"])
    refused = AccessRequestFactory(centre=lead.centre)
    people.refuse_request(refused, reason="Please ask from your hospital's address.", by=coordinator)
    return world


def refusal(run) -> str:
    """The name of the constraint that stopped the statement; empty when nothing did."""
    try:
        with transaction.atomic():
            run()
    except IntegrityError as error:
        return error.__cause__.diag.constraint_name
    return "nothing"


def spoil(model, pk, change):
    return lambda: model._base_manager.filter(pk=pk).update(**(change() if callable(change) else change))


def double(row, changes):
    def run():
        with connection.cursor() as cursor:
            cursor.execute(*copy_of(row, changes))

    return run


def test_each_check_stops_a_plain_update(rows):
    seen = []
    for name, (model, which, changes) in CHECKS.items():
        row = model._base_manager.filter(**which).order_by("pk").first()
        assert row is not None, f"no row to spoil for {name}"
        seen += [(name, refusal(spoil(model, row.pk, change))) for change in changes]
    assert [pair for pair in seen if pair[0] != pair[1]] == []


def test_each_rule_of_once_stops_a_plain_insert(rows):
    seen = []
    for name, (model, which, changes) in DOUBLES.items():
        row = model._base_manager.filter(**which).first()
        assert row is not None, f"no row to double for {name}"
        seen.append((name, refusal(double(row, changes))))
    assert [pair for pair in seen if pair[0] != pair[1]] == []


def test_the_same_statements_pass_where_nothing_forbids_them(rows):
    """The copy itself is sound: with another value in the constrained column it goes in."""
    row = AdvocacyGroup.objects.first()
    assert refusal(double(row, {"name": "Another name"})) == "nothing"
    assert refusal(spoil(type(row), row.pk, {"name": "A third name"})) == "nothing"
    assert AdvocacyGroup.objects.filter(country="IE", name__in=["Another name", "A third name"]).count() == 2
