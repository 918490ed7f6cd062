"""What staff type finds jobs, forms and registries; a person and a hospital lead to their own pages."""

from __future__ import annotations

import pytest
from django.urls import reverse

from consent.models import ConsentForm, Registry
from cpms.jobs import actions as jobs
from cpms.jobs.models import Job
from panels.cases.models import CaseForm
from tests.clients import signed_in
from tests.factories import CentreFactory, NetworkFactory, UserFactory, case_form
from tests.helpdesk.test_staff_filters import desk_of, kept

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def test_jobs_are_found_by_task_and_kept_by_state():
    Job.objects.all().delete()
    for task in ("meetings.leave", "meetings.remind"):
        jobs.enqueue(task, panel_id="x", user_id="y")
    Job.objects.filter(task="meetings.remind").update(state="given_up")
    leave, remind = Job.objects.order_by("task")
    client = signed_in(desk_of())
    assert kept(client, Job, q="MEETINGS leave") == {leave}
    assert kept(client, Job, q="meetings.") == {leave, remind}
    assert kept(client, Job, q="zebra") == set()
    assert kept(client, Job, state__exact="given_up") == {remind}
    assert kept(signed_in(desk_of(NetworkFactory())), Job, q="meetings") == set()


def test_forms_and_registries_are_found_by_what_staff_type(bond, skin):
    ConsentForm.objects.all().delete()
    finnish = ConsentForm.objects.create(language="fi", version=9, title="Suostumus hoitoon", body="x")
    greek = ConsentForm.objects.create(language="el", version=9, title="Συγκατάθεση", body="x")
    body = case_form("core").body
    mine, theirs = (
        CaseForm.objects.create(slug=f"bones-{code.lower()}", version=9, title="Brittle bones", network=code, body=body)
        for code in ("BOND", "SKIN")
    )
    rare, other = (
        Registry.objects.create(code="rare-bones", name="Bone Register"),
        Registry.objects.create(code="o", name="X"),
    )
    client = signed_in(desk_of(bond))
    for model, typed, found in (
        (ConsentForm, "finnish", {finnish}),
        (ConsentForm, "suomi", {finnish}),
        (ConsentForm, "suostumus fi", {finnish}),
        (ConsentForm, "συγκαταθεση", {greek}),
        (ConsentForm, " ", {finnish, greek}),
        (ConsentForm, "zebra", set()),
        (CaseForm, "brittle", {mine}),
        (CaseForm, "bones-bond", {mine}),
        (CaseForm, "BOND", {mine}),
        (CaseForm, "skin", set()),
        (Registry, "register", {rare}),
        (Registry, "rare-bon", {rare}),
        (Registry, "zebra", set()),
    ):
        assert kept(client, model, q=typed) == found, (model, typed)
    assert {rare, other} <= kept(client, Registry)
    assert theirs in kept(signed_in(desk_of()), CaseForm, q="brittle")


def test_a_person_and_a_hospital_lead_to_their_own_pages(bond, skin):
    person = UserFactory(centre=CentreFactory(network=bond))
    stranger = UserFactory(centre=CentreFactory(network=skin))
    client = signed_in(desk_of(bond))
    for thing, outside, own in (
        (person, stranger, reverse("people:person", args=[person.pk])),
        (person.centre, stranger.centre, reverse("people:centre", args=[person.centre.pk])),
    ):
        base = f"helpdesk:accounts_{thing._meta.model_name}_change"
        page = client.get(reverse(base, args=[thing.pk])).content.decode()
        assert f'href="{own}">Open the page of this {thing._meta.verbose_name}</a>' in page
        assert client.get(own).status_code == 200
        assert client.get(reverse(base, args=[outside.pk])).status_code == 302
    form = ConsentForm.objects.create(language="fi", version=9, body="x")
    page = client.get(reverse("helpdesk:consent_consentform_change", args=[form.pk])).content.decode()
    assert "Open the page" not in page
