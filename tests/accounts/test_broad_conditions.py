"""A broad condition, or a group of conditions: nobody who knows one of them is left out of the directory."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cpms.accounts import queries
from cpms.accounts.queries import Wanted
from cpms.terminology import actions as terminology
from cpms.terminology.importers.release import ReadConcept, Release
from cpms.terminology.states import Kind, System
from tests.accounts.test_directory import ADRENAL, CONCEPTS, PHP, expert
from tests.clients import signed_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def asker():
    return UserFactory(display_name="Dr Asker")


@pytest.fixture
def danlos():
    """A group whose name is what is typed, seven diseases that are called so too, and one of another name below it."""
    group = ReadConcept("ORPHA:98249", "Ehlers-Danlos syndrome", Kind.GROUP, parents=(ADRENAL,))
    kinds = [
        ReadConcept(f"ORPHA:{75392 + n}", f"Ehlers-Danlos syndrome, {name} type", Kind.DISEASE, parents=(group.code,))
        for n, name in enumerate(
            ("periodontal", "arthrochalasia", "cardiac", "classical", "hyper", "vascular", "spinal")
        )
    ]
    other = ReadConcept("ORPHA:198", "Occipital horn", Kind.DISEASE, parents=(group.code,))
    concepts = (*CONCEPTS, group, *kinds, other)
    terminology.load(Release(System.ORPHA, "Orphadata 2025-07", "CC BY 4.0", "Orphanet", concepts), by=None)
    return group, kinds, other


def test_nobody_is_left_out_of_a_broad_condition_and_the_page_says_how_much_it_means(asker, danlos):
    group, kinds, other = danlos
    people = {concept.code: expert(concept.name[-12:], concept.code) for concept in (group, *kinds, other)}
    expert("A general one", ADRENAL)
    expert("Elsewhere", PHP)
    found = queries.find_experts(Wanted(condition="Ehlers-Danlos syndrome"), by=asker)
    assert found.conditions[0].code == group.code
    assert (len(found.conditions), found.more) == (5, 3)
    in_order = [person.display_name for person in found.experts]
    assert in_order == [*sorted(person.display_name for person in people.values()), "A general one"]
    page = signed_in(asker).post(reverse("experts"), {"condition": "Ehlers-Danlos syndrome"}, secure=True)
    assert "and 3 more conditions with these words" in page.content.decode()
    assert "with these words" not in signed_in(asker).post(reverse("experts"), {"condition": "cah"}).content.decode()


def test_a_group_of_conditions_can_be_declared_by_its_name(asker, danlos):
    signed_in(asker).post(reverse("expertise"), {"condition": "ehlers-danlos syndrome"}, secure=True)
    assert asker.expertise.get().code == danlos[0].code
