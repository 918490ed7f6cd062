"""Expertise is declared, and shown by past panels: on the person's page, in the directory's order, and after "not my field"."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cpms.accounts import queries
from cpms.accounts.models import Expertise
from cpms.accounts.queries import Wanted
from cpms.accounts.queries.directory import shown_by_panels
from cpms.terminology import actions as terminology
from cpms.terminology.importers.release import ReadConcept, Release
from cpms.terminology.states import Kind, System
from panels import actions as panels
from tests.clients import signed_in
from tests.factories import Story, UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
CAH, ADRENAL, OTHER = "ORPHA:90794", "ORPHA:101954", "ORPHA:79443"  # the first is the story's condition
NAME = "Classic adrenal hyperplasia"
CONCEPTS = (
    ReadConcept(ADRENAL, "Rare adrenal disease", Kind.GROUP),
    ReadConcept(CAH, NAME, Kind.DISEASE, parents=(ADRENAL,)),
    ReadConcept(OTHER, "Pseudohypoparathyroidism", Kind.DISEASE),
)


@pytest.fixture(autouse=True)
def orphanet():
    terminology.load(Release(System.ORPHA, "Orphadata 2025-07", "CC BY 4.0", "Orphanet", CONCEPTS), by=None)


def declaring(*codes, **fields):
    user = UserFactory(**fields)
    for code in codes:
        system = System.ORPHA if code.startswith("ORPHA") else Expertise.GENE
        Expertise.objects.create(user=user, system=system, code=code, name=f"Declared {code}")
    return user


def asked(person, tag):
    story = Story(tag)
    story.open(person)
    return story


def says_not_my_field(person, tag, reason="field"):
    invitation = asked(person, tag).invitation(person)
    address = reverse("panels:decline", args=[invitation.pk])
    return signed_in(person).post(address, {"reason": reason}, secure=True)


def advises(person, tag, kind="test"):
    story = asked(person, tag)
    panels.accept(story.invitation(person), by=person)
    story.contribute(person, kind=kind)


def test_after_not_my_field_one_tap_takes_off_what_one_was_found_by():
    person = declaring(CAH, ADRENAL, OTHER, "CYP21A2")
    answer = says_not_my_field(person, "a")
    rows = {row.code: row for row in person.expertise.all()}
    assert answer.url == reverse("expertise", query={"off": [rows[ADRENAL].pk, rows[CAH].pk]})
    page = signed_in(person).get(answer.url, secure=True)
    assert [row.code for row in page.context["offered"]] == [ADRENAL, CAH]
    assert "Take it off" in page.content.decode()
    signed_in(person).post(reverse("drop_expertise", args=[rows[CAH].pk]), secure=True)
    assert set(person.expertise.values_list("code", flat=True)) == {ADRENAL, OTHER, "CYP21A2"}


def test_a_gene_of_the_case_is_not_told_to_who_declines():
    """The invitation shows the condition, not the variant."""
    assert says_not_my_field(declaring(OTHER, "CYP21A2"), "a").url == reverse("home")


def test_another_reason_offers_nothing_and_foreign_rows_are_not_offered():
    person, other = declaring(CAH), declaring(CAH)
    assert says_not_my_field(person, "a", reason="time").url == reverse("home")
    address = reverse("expertise", query={"off": [other.expertise.get().pk, "x"]})
    assert signed_in(person).get(address, secure=True).context["offered"] == []


def test_the_page_counts_the_conditions_and_names_them_to_nobody():
    person = UserFactory()
    advises(person, "a")
    advises(person, "b")
    advises(person, "c", kind="no_experience")
    says_not_my_field(person, "d")
    shown = shown_by_panels(person)
    assert (shown.advised, shown.not_theirs) == ({CAH: 2}, {CAH: 1})
    own = signed_in(person).get(reverse("expert", args=[person.pk]), secure=True).content.decode()
    theirs = signed_in(UserFactory()).get(reverse("expert", args=[person.pk]), secure=True).content.decode()
    assert NAME not in own + theirs
    assert (own.count("1 condition"), theirs.count("1 condition")) == (2, 2)


def test_the_directory_heeds_what_panels_show():
    passed = declaring(CAH, display_name="A passed on")
    said = declaring(CAH, display_name="B says so")
    advised = declaring(CAH, display_name="C advised")
    silent = declaring(CAH, display_name="D had no experience")
    says_not_my_field(passed, "a")
    advises(advised, "b")
    advises(silent, "c", kind="no_experience")
    found = queries.find_experts(Wanted(condition="classic adrenal hyperplasia"), by=UserFactory()).experts
    assert list(found) == [advised, said, silent, passed]
    elsewhere = declaring(OTHER, CAH, display_name="Z")
    found = queries.find_experts(Wanted(condition="pseudohypoparathyroidism"), by=UserFactory()).experts
    assert list(found) == [elsewhere]
