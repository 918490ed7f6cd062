"""What a case typed by hand really asks for: the fields that a page refuses to do without, sent as it stands when it opens."""

from __future__ import annotations

import pytest
from django.urls import reverse

from panels.models import Panel
from panels.states import State
from tests.clients import signed_in
from tests.factories import GroupFactory, UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
ANSWERS = {
    "stage_1": "given",
    "given_by": "patient",
    "sex": "female",
    "birth_year": "2016",
    "country": "FI",
    "question": "Raise the dose?",
    "diagnosis": "Salt wasting",
}


def as_opened(form) -> dict[str, object]:
    """What a browser sends when nothing was typed."""
    values = {field.html_name: field.value() for field in form}
    return {name: value for name, value in values.items() if value not in (None, "", False)}


def asked_for(client, address: str, more: dict[str, object]) -> list[str]:
    """Fill in what is refused, one answer after the other, until the page is content; gives what had to be filled in."""
    sent, needed = as_opened(client.get(address).context["form"]), []
    while (answer := client.post(address, sent)).status_code == 422:
        missing = [name for name in answer.context["form"].errors if name not in needed]
        assert missing, answer.context["form"].errors
        needed.append(missing[0])
        sent[missing[0]] = (ANSWERS | more)[missing[0]]
    assert answer.status_code == 302
    return needed


def test_six_fields_at_most_lead_from_nothing_to_an_open_panel():
    group = GroupFactory()
    GroupFactory(number=2, name="Calcium and phosphate")
    client = signed_in(UserFactory())
    first = asked_for(client, reverse("panels:new"), {})
    panel = Panel.objects.get()
    second = asked_for(client, reverse("panels:prepare", args=[panel.ref]), {"group": str(group.pk)})
    panel.refresh_from_db()
    assert panel.state == State.OPEN
    assert (first, second) == (["stage_1", "sex", "birth_year"], ["question", "group", "diagnosis"])
