"""Assistants act for a clinician, on record; deputies are only named."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cpms import clock
from cpms.accounts import actions, queries
from cpms.accounts.access import Refused
from cpms.accounts.models import Delegation, User, latest_absence
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.jobs.models import Job
from tests.clients import signed_in
from tests.factories import Story, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def story():
    story = Story("a")
    story.open()
    return story


@pytest.fixture
def colleague(story):
    return UserFactory(centre=story.lead.centre, role="none")


def test_a_clinician_names_a_colleague_who_then_acts_on_record(story, colleague):
    client, here = signed_in(story.lead), reverse("assistants")
    client.post(here, {"assistant": colleague.pk, "until": ""}, secure=True)
    panel, helping = story.fresh(), signed_in(colleague)
    assert helping.get(panel.get_absolute_url(), secure=True).status_code == 200
    helping.post(reverse("panels:reply", args=[panel.ref]), {"kind": "message", "text": "Labs follow."}, secure=True)
    rows = AuditEvent.objects.filter(actor_id=colleague.pk, event__in=["patient_read", "commented"])
    assert {row.on_behalf_of_id for row in rows} == {story.lead.pk}
    client.get(panel.get_absolute_url(), secure=True)
    assert AuditEvent.objects.filter(actor_id=story.lead.pk, on_behalf_of_id__isnull=False).count() == 0
    page = client.get(panel.get_absolute_url(), secure=True).content.decode()
    assert f"for {story.lead.display_name}" in page


def test_either_ends_it_and_it_counts_on_the_next_request(story, colleague):
    for ender in (story.lead, colleague):
        held = actions.name_assistant(colleague, until=None, by=story.lead)
        helping = signed_in(colleague)
        path = story.fresh().get_absolute_url()
        assert helping.get(path, secure=True).status_code == 200
        signed_in(ender).post(reverse("end_assistant", args=[held.pk]), secure=True)
        assert helping.get(path, secure=True).status_code == 404
    with pytest.raises(Refused):
        actions.end_delegation(held, by=UserFactory())
    told = Job.objects.filter(task="notifications.tell", ids__notice="delegation_changed").order_by("asked_at")
    assert [job.ids["user_id"] for job in told] == [str(p.pk) for p in (colleague, colleague, colleague, story.lead)]


def test_only_a_colleague_of_the_same_hospital_can_be_named(story, colleague):
    for nobody in (story.lead, UserFactory(), UserFactory(centre=None)):
        with pytest.raises(Refused):
            actions.name_assistant(nobody, until=None, by=story.lead)
    with pytest.raises(Refused):
        actions.name_assistant(story.lead, until=None, by=colleague)
    actions.name_assistant(colleague, until=None, by=story.lead)
    with pytest.raises(Refused):
        actions.name_assistant(colleague, until=None, by=story.lead)
    stranger = UserFactory()
    answer = signed_in(story.lead).post(reverse("assistants"), {"assistant": stranger.pk}, secure=True)
    assert answer.status_code == 422


@pytest.mark.parametrize(("days", "acts"), [(0, True), (-1, False)])
def test_a_delegation_ends_after_its_last_day(story, colleague, days, acts):
    held = actions.name_assistant(colleague, until=None, by=story.lead)
    today = clock.today()
    Delegation.objects.filter(pk=held.pk).update(
        valid_from=today - dt.timedelta(9), valid_to=today + dt.timedelta(days=days)
    )
    answer = signed_in(colleague).get(story.fresh().get_absolute_url(), secure=True)
    assert (answer.status_code == 200) is acts


def test_an_absence_stands_beside_the_name_with_its_deputy_on_the_own_page(story):
    colleague = UserFactory(centre=story.lead.centre)
    client = signed_in(story.lead)
    until = clock.today() + dt.timedelta(days=4)
    client.post(reverse("absence"), {"away_until": until, "deputy": colleague.pk}, secure=True)
    assert "Away until" in client.get(story.fresh().get_absolute_url(), secure=True).content.decode()
    client.post(reverse("absence"), {"away_until": "", "deputy": colleague.pk}, secure=True)
    lead = User.objects.get(pk=story.lead.pk)
    assert (lead.away_until, lead.deputy, lead.is_away) == (None, None, False)
    assert signed_in(colleague).get(story.fresh().get_absolute_url(), secure=True).status_code == 404


def test_a_deputy_is_a_clinician_of_the_hospital_as_long_as_the_person_is_named(story):
    """Advice is asked of a deputy in the person's place, so the name goes with the role."""
    colleague = UserFactory(centre=story.lead.centre)
    secretary, lead, until = UserFactory(centre=story.lead.centre, role="none"), story.lead, clock.today()
    answer = signed_in(lead).post(reverse("absence"), {"away_until": until, "deputy": secretary.pk}, secure=True)
    assert answer.status_code == 422
    for nobody in (secretary, UserFactory()):
        with pytest.raises(Refused, match="clinician of the same hospital"):
            actions.set_absence(lead, away_until=until, deputy=nobody, by=lead)
    actions.set_absence(lead, away_until=until, deputy=colleague, by=lead)
    representative = UserFactory(centre=lead.centre, role="none")
    give_role(representative, Role.REPRESENTATIVE, centre=lead.centre)
    actions.end_role(colleague.memberships.get(role=Role.CLINICIAN), by=representative)
    assert User.objects.get(pk=lead.pk).deputy is None


def test_a_deputy_whose_role_is_over_by_its_day_is_not_named(story):
    lead, colleague = story.lead, UserFactory(centre=story.lead.centre)
    actions.set_absence(lead, away_until=clock.today(), deputy=colleague, by=lead)
    page = reverse("expert", args=[lead.pk])
    client = signed_in(story.expert)
    assert "Deputy" in client.get(page, secure=True).content.decode()
    yesterday = clock.rights_day() - dt.timedelta(days=1)
    colleague.memberships.update(valid_from=yesterday, valid_to=yesterday)
    assert "Deputy" not in client.get(page, secure=True).content.decode()
    assert [sentence for sentence in queries.absences([lead]) if "Deputy" in sentence] == []


@pytest.mark.parametrize(("days", "away"), [(0, True), (-1, False)])
def test_away_includes_its_last_day(days, away):
    assert UserFactory(away_until=clock.today() + dt.timedelta(days=days)).is_away is away


def test_an_absence_has_an_end_within_twelve_months(story):
    """Reminders wait for whoever is away; somebody who never comes back is handed over."""
    last, client = latest_absence(), signed_in(story.lead)
    answer = client.post(reverse("absence"), {"away_until": last + dt.timedelta(days=1)}, secure=True)
    assert answer.status_code == 422
    assert f"choose {last:%d/%m/%Y} or an earlier day" in answer.context["form"].errors["away_until"][0]
    with pytest.raises(Refused, match="12 months"):
        actions.set_absence(story.lead, away_until=last + dt.timedelta(days=1), deputy=None, by=story.lead)
    assert client.post(reverse("absence"), {"away_until": last}, secure=True).status_code == 302


def test_the_database_refuses_a_deputy_without_an_absence(colleague):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=colleague.pk).update(deputy=UserFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=colleague.pk).update(deputy=colleague, away_until=clock.today())


def test_a_guest_outside_europe_reads_the_own_time():
    """Europe's zones stand first; every other one can be chosen."""
    guest = UserFactory()
    client, page = signed_in(guest), reverse("profile")
    names = [name for name, _label in client.get(page, secure=True).context["form"].fields["zone"].choices]
    assert [name.startswith("Europe/") for name in names] == sorted(
        (n.startswith("Europe/") for n in names), reverse=True
    )
    for zone in ("America/Sao_Paulo", "Asia/Tokyo", "Atlantic/Reykjavik", "Europe/Helsinki"):
        version = client.get(page, secure=True).context["form"]["version"].value()
        sent = {"display_name": guest.display_name, "zone": zone, "theme": "auto", "version": version}
        assert client.post(page, sent, secure=True).status_code == 302
        assert type(guest).objects.get(pk=guest.pk).zone == zone
