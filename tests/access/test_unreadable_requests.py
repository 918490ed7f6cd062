"""What no page of ours sends is refused in words: it is no error of the product, and changes nothing."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cpms.accounts.roles import Role
from cpms.drafts.models import Draft
from tests.clients import signed_in
from tests.factories import CentreFactory, GroupFactory, NetworkFactory, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
DEEP = "[" * 100_000
TOO_DEEP_TO_KEEP = '{"form": "a", "path": "/profile/", "fields": {"a": ' + "[" * 900 + "]" * 900 + "}}"


@pytest.fixture
def client():
    """Of somebody whom the directory and the staff site are open to."""
    person = UserFactory()
    give_role(person, Role.HELPDESK_ADULT, network=NetworkFactory())
    return signed_in(person)


@pytest.mark.parametrize(
    "path", ["/panels/ENDO-26-0001%00/", "/patients/%00/", "/experts/matrix/?network=%00", "/panels/?q=%00"]
)
def test_an_address_with_a_nul_is_refused(client, path):
    answer = client.get(path, secure=True)
    assert (answer.status_code, "cannot be read" in answer.content.decode()) == (400, True)


@pytest.mark.parametrize("sent", [{"under": "\0"}, {"network": "\0"}, {"under": "x" * 33}])
def test_a_condition_or_network_that_none_can_be_called_is_not_there(client, sent):
    assert client.post(reverse("condition_matrix"), sent, secure=True).status_code == 404


@pytest.mark.parametrize("page", [2, 10**12, 10**18, 10**24])
def test_a_page_behind_the_last_one_is_the_last_one(client, page):
    answer = client.post(reverse("experts"), {"page": page}, secure=True)
    assert (answer.status_code, answer.context["page"].number) == (200, 1)


@pytest.mark.parametrize("body", [DEEP, TOO_DEEP_TO_KEEP])
def test_a_draft_of_a_thousand_brackets_is_no_draft(client, body):
    answer = client.post(reverse("drafts"), body, content_type="application/json", secure=True)
    assert (answer.status_code, Draft.objects.count()) == (400, 0)


def test_a_reason_of_no_such_number_is_no_reason(client):
    person = UserFactory(centre=CentreFactory())
    here = reverse("people:why_away", args=[person.pk])
    assert client.post(here, {"taken_back": "9" * 5_000}, secure=True).status_code == 403


def test_a_number_of_five_thousand_digits_is_none(client):
    long = "9" * 5_000
    assert client.get(reverse("kpis"), {"line": long}, secure=True).status_code == 200
    group, person = GroupFactory(), UserFactory(role="none")
    give_role(person, Role.GROUP_COORDINATOR, group=group)
    here = reverse("cases:range", args=[group.network.code, group.number, "phosphate"])
    assert signed_in(person).get(here, {"default": long}, secure=True).status_code == 200
