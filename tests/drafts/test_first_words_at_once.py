"""Two pages of one person that keep the first words of the same form at one moment: both are kept, the later words last."""

from __future__ import annotations

import json

import pytest

from cpms.drafts import actions
from cpms.drafts.models import Draft
from tests.factories import UserFactory
from tests.panels.test_races import rights  # noqa: F401 a fixture
from tests.panels.test_two_panels_of_one_case import one_before_the_other

pytestmark = pytest.mark.django_db(transaction=True)


def test_both_are_kept():
    person = UserFactory()

    def keep(words):
        actions.save_draft(form="x", label="", path="/", fields={"text": words}, by=person)

    one_before_the_other(lambda: keep("earlier"), lambda: keep("later"))
    assert json.loads(Draft.objects.get().body) == {"text": "later"}
