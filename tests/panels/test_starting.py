"""The first page of a new panel: what a file says beside what is typed, single registries, and what is as it was last time."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consent.models import Consent, Registry
from consent.policy import in_a_sentence
from consent.states import Answer, Stage
from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.models import Delegation
from cpms.patients.models import Patient
from panels import actions
from panels.forms import mark_of
from panels.models import Panel
from tests.clients import signed_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
TYPED = {"stage_1": "given", "given_on": "2026-01-05", "country": "FI", "route": "own", "given_by": "parent"}


def packet(*, sex="MALE", born="", karyotype=""):
    subject = {"id": "x", "sex": sex} | ({"dateOfBirth": f"{born}T00:00:00Z"} if born else {})
    subject |= {"karyotypicSex": karyotype} if karyotype else {}
    found = [{"type": {"id": "HP:0002013", "label": "Vomiting"}}]
    return json.dumps({"id": "x", "subject": subject, "phenotypicFeatures": found}).encode()


def send(client, data, **typed):
    """Through both turns of the page: looked at, and sent again as it was shown."""
    sent = TYPED | typed
    first = client.post(reverse("panels:new"), sent | {"file": SimpleUploadedFile("case.json", data)})
    if first.status_code == 422:
        return first
    return client.post(reverse("panels:new"), sent | {"file_text": data.decode(), "looked": mark_of(data)})


def small() -> dt.date:
    """The first of a month in which a child was born who is one year old today."""
    today = clock.today()
    return dt.date(today.year - 1, today.month, 1)


@pytest.mark.parametrize(
    ("name", "typed", "file"),
    [
        ("sex", "female", {"sex": "MALE", "born": "2016-01-01"}),
        ("karyotypic_sex", "XY", {"karyotype": "XX", "born": "2016-01-01"}),
        ("birth_year", "2015", {"born": "2016-01-01"}),
    ],
)
def test_what_is_typed_against_the_file_is_asked_beside_the_field_and_stays(name, typed, file):
    client = signed_in(UserFactory())
    asked = send(client, packet(**file), **{name: typed})
    assert asked.status_code == 422
    assert f"{name}_typed" in asked.context["form"].errors
    assert str(asked.context["form"][name].value()) == typed
    assert asked.context["looked"] is not None
    assert not Patient.objects.exists()
    assert send(client, packet(**file), **{name: typed, f"{name}_typed": "on"}).status_code == 302
    assert str(getattr(Patient.objects.get(), name)) == typed


def test_what_is_the_same_in_both_or_not_said_by_the_file_costs_no_question():
    client = signed_in(UserFactory())
    assert send(client, packet(born="2016-01-01"), sex="male", birth_year="2016").status_code == 302
    assert send(client, packet(sex="UNKNOWN_SEX", born="2016-01-01"), sex="female").status_code == 302
    assert set(Patient.objects.values_list("sex", flat=True)) == {"male", "female"}


def test_a_month_goes_with_the_year_in_the_file():
    client, born = signed_in(UserFactory()), small()
    assert send(client, packet(born=f"{born}"), birth_month=str(born.month)).status_code == 302
    patient = Patient.objects.get()
    assert (patient.birth_year, patient.birth_month) == (born.year, born.month)


def test_a_month_is_refused_for_its_own_reason():
    client, born = signed_in(UserFactory()), small()
    old = send(client, packet(born="2010-01-01"), birth_month="3")
    assert "a child under two only" in str(old.context["form"].errors["birth_month"])
    alone = send(client, packet(), birth_month="3")
    assert "A month alone tells no age" in str(alone.context["form"].errors["birth_month"])
    other = send(client, packet(born=f"{born}"), birth_year=str(born.year - 20), birth_year_typed="on")
    assert other.status_code == 422  # of age by what is typed: who answered is asked
    kept = send(
        client, packet(born=f"{born}"), birth_year=str(born.year - 20), birth_year_typed="on", given_by="patient"
    )
    assert kept.status_code == 302
    assert Patient.objects.get().birth_month is None


def test_single_registries_are_answered_on_the_first_page_without_a_further_step():
    client = signed_in(UserFactory())
    Registry.objects.create(code="adrenal", name="Register of adrenal conditions (invented)")
    Registry.objects.create(code="bone", name="Register of bone conditions (invented)")
    body = client.get(reverse("panels:new")).content.decode()
    assert "<details> <summary>Another answer for a single registry" in body
    typed = {"sex": "female", "birth_year": "2016", "stage_2": "given", "registry_adrenal": "refused"}
    assert client.post(reverse("panels:new"), TYPED | typed).status_code == 302
    rows = Consent.objects.filter(stage=Stage.REGISTRY, withdrawn_at=None).values_list("registry", "answer")
    assert dict(rows) == {"": "given", "adrenal": "refused"}
    sentence = in_a_sentence(Patient.objects.get())
    assert "may go to registries, but not to Register of adrenal conditions (invented)" in sentence


def test_without_another_answer_one_general_answer_is_recorded():
    client = signed_in(UserFactory())
    Registry.objects.create(code="adrenal", name="Register of adrenal conditions (invented)")
    client.post(reverse("panels:new"), TYPED | {"sex": "female", "birth_year": "2016", "stage_2": "given"})
    assert list(Consent.objects.filter(stage=Stage.REGISTRY).values_list("registry", "answer")) == [("", "given")]


def test_what_was_last_typed_is_proposed_to_the_assistant_too():
    lead = UserFactory()
    helper = UserFactory(role="none", centre=lead.centre)
    Delegation.objects.create(assistant=helper, clinician=lead)
    client = signed_in(helper)
    typed = {"sex": "female", "birth_year": "2016", "clinician": lead.pk, "route": "non_ern", "language": "sv"}
    assert client.post(reverse("panels:new"), TYPED | typed | {"country": "SE"}).status_code == 302
    for person in (helper, lead):
        form = signed_in(person).get(reverse("panels:new")).context["form"]
        assert [form[name].value() for name in ("country", "route", "language")] == ["SE", "non_ern", "sv"]
    stranger = signed_in(UserFactory(centre=lead.centre)).get(reverse("panels:new")).context["form"]
    assert stranger["route"].value() == "own"


def test_a_panel_is_started_whole_or_not_at_all():
    lead = UserFactory()
    described = {"sex": "female", "country": "FI", "birth_year": 2016}
    given = {"stage": Stage.CARE, "answer": Answer.GIVEN, "given_by": "parent", "given_on": clock.today()}
    with pytest.raises(Refused, match="no network yet"):
        actions.start_panel(by=lead, network=None, described=described, answers=[given], origin=actions.Origin())
    assert not Patient.objects.exists()
    assert not Panel.objects.exists()


def test_a_file_that_was_read_is_kept_beside_an_error_elsewhere():
    client, data = signed_in(UserFactory()), packet(born="2016-01-01")
    unanswered = TYPED | {"stage_1": ""}
    file = SimpleUploadedFile("case.json", data)
    page = client.post(reverse("panels:new"), unanswered | {"file": file, "looked": mark_of(data)})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["stage_1"])
    assert (page.context["looked"].text, page.context["looked"].name) == (data.decode(), "case.json")
    assert "Read, not saved yet." in page.content.decode()
    assert client.post(reverse("panels:new"), {"file": SimpleUploadedFile("x", b"{")}).context["looked"] is None
    assert send(client, data).status_code == 302


def test_what_is_wrong_is_listed_in_the_order_of_the_page():
    client = signed_in(UserFactory())
    page = client.post(
        reverse("panels:new"), {"country": "FI", "route": "own", "given_on": "2026-01-05"}
    ).content.decode()
    summary = page[page.index("error-summary") : page.index('aria-labelledby="consent"')]
    assert re.findall(r'href="#id_(\w+?)(?:_0)?"', summary) == ["stage_1", "sex", "birth_year"]
