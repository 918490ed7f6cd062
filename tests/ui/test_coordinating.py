"""The pages that coordinators look after belong together: one word of the menu stands for all, the title before their tabs."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cpms.accounts.roles import Role
from tests.clients import signed_in
from tests.factories import GroupFactory, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.mark.parametrize(
    "name", ["panels:dispatches", "panels:referrals", "outcomes:topics", "cases:ranges", "chasing"]
)
def test_each_stands_under_one_word_of_the_menu_with_its_title_first(name):
    person = UserFactory(role="none")
    give_role(person, Role.NETWORK_COORDINATOR, network=GroupFactory().network)
    page = signed_in(person).get(reverse(name), secure=True).content.decode()
    menu, _mark, rest = page.partition("<main")
    assert f'href="{reverse("panels:dispatches")}" aria-current="page"' in menu
    assert rest.index("<h1") < rest.index('aria-label="What coordinators look after"')
    assert rest.count('aria-current="page"') >= 1
