"""A new panel that was begun before comes back, and says so: what was typed may be about another patient."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cpms.accounts.actions import keep_draft
from cpms.drafts.models import Draft
from panels import actions as panels
from tests.clients import signed_in
from tests.factories import GroupFactory, UserFactory, canary

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
SAID = "You began this before"
TYPED = {"stage_1": "given", "nickname": "Sparrow", "question": "", "referral": ""}


@pytest.fixture
def lead():
    return UserFactory()


def begun(lead, **fields):
    return keep_draft(form="new_panel", label="New panel", path="/panels/new/", fields=TYPED | fields, by=lead)


def test_what_was_typed_before_is_said_and_put_away_by_one_press(lead):
    client, here = signed_in(lead), reverse("panels:new")
    assert SAID not in client.get(here).content.decode()
    begun(lead)
    page = client.get(here)
    assert SAID in page.content.decode()
    assert page.context["form"]["stage_1"].value() == "given"
    answer = client.post(here, {"afresh": "1"}, secure=True)
    assert (answer.status_code, answer.url) == (302, here)
    assert not Draft.objects.exists()
    page = client.get(here)
    assert SAID not in page.content.decode()
    assert page.context["form"]["stage_1"].value() is None


def test_a_panel_from_a_question_does_not_begin_with_what_was_typed_of_another_patient(lead):
    begun(lead)
    question = panels.ask_group(GroupFactory(), text=canary("question"), by=lead)
    client, here = signed_in(lead), f"{reverse('panels:new')}?question={question.pk}"
    page = client.get(here)
    form = page.context["form"]
    assert (form["question"].value(), form["nickname"].value()) == (str(question.pk), None)
    assert f'data-draft="new_panel:{question.pk}"' in page.content.decode()
    client.post(here, {"afresh": "1"}, secure=True)
    assert [draft.form for draft in Draft.objects.all()] == ["new_panel"]
