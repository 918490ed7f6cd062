"""A table that is changed after it was read is read again before anything of it is added."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.clients import signed_in
from tests.factories import Story

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
READ, TYPED_ON = "Phosphat 2,31 mmol/l\r\nTSH 2,5 mU/l", "Phosphat 2,31 mmol/l\r\nTSH 2,5 mU/l\r\nKalium 4,1 mmol/l"
TICKED = {"add": "1", "line0-take": "on", "line1-take": "on"}


@pytest.fixture
def story():
    return Story()


def looked_at(story, **sent):
    """The page after the table was read, its client and address, and what a browser would send of it."""
    client, address = signed_in(story.lead), reverse("cases:labs", args=[story.case.pk])
    page = client.post(address, sent)
    form = page.context["form"]
    assert page.content.decode().count(f'name="checked" value="{form.mark}"') == 1
    return client, address, {"table": form["table"].value(), "taken_on": form.day, "checked": form.mark} | TICKED


def test_a_line_typed_on_is_shown_and_nothing_is_added_before_that(story):
    client, address, sent = looked_at(story, table=READ)
    before = story.case.labs.count()
    again = client.post(address, sent | {"table": TYPED_ON})
    assert (again.status_code, story.case.labs.count()) == (422, before)
    assert again.context["form"].errors["table"][0].startswith("The table was changed after it was read")
    assert [form.line.name for form in again.context["choices"].lines] == ["Phosphat", "TSH", "Kalium"]
    assert again.context["form"]["table"].value() == TYPED_ON


def test_another_day_is_looked_at_too(story):
    client, address, sent = looked_at(story, table=READ)
    assert client.post(address, sent | {"taken_on": "2025-03-01"}).status_code == 422
    assert client.post(address, sent).status_code == 302


def test_the_rows_of_a_file_stand_in_the_page_and_are_added_from_there(story):
    file = SimpleUploadedFile("results.csv", b"Test;Result;Unit\nTSH;2,5;mU/l\nPotassium;4,1;mmol/l\n")
    client, address, sent = looked_at(story, file=file)
    assert "Potassium" in sent["table"]
    before = story.case.labs.count()
    assert client.post(address, sent).status_code == 302
    assert story.case.labs.count() == before + 2
