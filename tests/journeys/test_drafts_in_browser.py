"""Typed text survives the end of a session, and never reaches somebody else's."""

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from cpms.drafts.models import Draft
from cpms.drafts.queries import fields_of
from cpms.drafts.states import LONGEST_DRAFT
from tests.browser import check_page
from tests.clients import signed_in
from tests.factories import Story, UserFactory
from tests.journeys.person import Person

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]
AGAIN = 5_500  # milliseconds: longer than until the next try of what was only delayed
ENDED = "Your session has ended. Your text stays here."


def take_session(person, user):
    """The browser goes on with this user's session and without its old form token, as after signing in again."""
    client = signed_in(user)
    person.context.clear_cookies()
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": person.url}
    person.context.add_cookies([cookie])


@pytest.fixture
def writer(browser, live_server):
    user = UserFactory()
    person = Person(browser, live_server.url)
    take_session(person, user)
    person.go("/panels/new/")
    person.user = user
    yield person
    person.close()


def test_text_is_saved_while_typing_and_left_out_of_storage(writer):
    writer.page.get_by_label("Nickname").press_sequentially("Sparrow", delay=20)
    expect(writer.page.locator("[data-saved]")).to_contain_text("Saved")
    assert fields_of("new_panel", by=writer.user)["nickname"] == "Sparrow"
    assert "Sparrow" not in writer.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")


def test_a_form_in_which_nothing_is_new_is_sent_at_the_first_press(writer):
    """What was typed and taken back needs no saving, and the form must not stand still for it."""
    writer.page.get_by_label("Nickname").focus()
    for key in ("a", "Backspace", "Enter"):
        writer.page.keyboard.press(key)
    expect(writer.page.locator(".error-summary")).to_be_visible()


def test_text_typed_after_the_session_ended_is_saved_once_the_same_person_is_back(writer):
    Session.objects.all().delete()
    writer.page.get_by_label("Nickname").fill("Typed too late")
    notice = writer.page.get_by_text(ENDED)
    expect(notice).to_be_visible()
    assert check_page(writer.page) == []
    expect(writer.page.get_by_label("Nickname")).to_have_value("Typed too late")
    take_session(writer, writer.user)
    expect(notice).to_be_hidden()
    assert fields_of("new_panel", by=writer.user)["nickname"] == "Typed too late"


def test_text_that_is_too_long_to_be_kept_is_said_and_not_tried_for_ever(writer):
    sent = []
    writer.page.on("response", lambda one: sent.append(one.status) if one.request.method == "POST" else None)
    writer.page.get_by_label("Nickname").evaluate("(field) => field.removeAttribute('maxlength')")
    writer.page.get_by_label("Nickname").fill("x" * (LONGEST_DRAFT + 1))
    expect(writer.page.locator("[data-saved]")).to_contain_text("Too long to be kept unsent. Save it now.")
    notice = writer.page.get_by_text("This text is too long to be kept unsent.")
    expect(notice).to_be_in_viewport()
    writer.page.wait_for_timeout(AGAIN)
    assert sent.count(400) == 1
    assert writer.page.evaluate("!dispatchEvent(new Event('beforeunload', {cancelable: true}))")
    writer.page.get_by_label("Nickname").fill("Sparrow")
    expect(writer.page.locator("[data-saved]")).to_contain_text("Saved")
    expect(notice).to_be_hidden()
    assert writer.page.evaluate("dispatchEvent(new Event('beforeunload', {cancelable: true}))")


def test_a_table_that_is_too_long_stays_in_the_page_with_the_reason_beside_it(writer):
    story = Story()
    take_session(writer, story.lead)
    writer.go(reverse("cases:labs", args=[story.case.pk]))
    table = writer.page.get_by_label("Paste from the laboratory system")
    table.evaluate("(field) => { field.value = 'TSH 2,5 mU/l\\n'.repeat(5_000); }")
    writer.page.get_by_role("button", name="Read the table").click()
    expect(writer.page.get_by_text("The table is longer than 60,000 characters.")).to_be_in_viewport()
    expect(table).to_be_focused()
    table.fill("TSH 2,5 mU/l")
    expect(writer.page.get_by_text("The table is longer")).to_be_hidden()
    writer.page.get_by_role("button", name="Read the table").click()
    writer.sees("Check before adding")


def test_long_text_is_kept_when_its_page_goes_to_the_background(writer):
    """A browser refuses to send more than 64 kB for a page that goes; a plain request takes it."""
    writer.page.get_by_label("Nickname").evaluate("(field) => field.removeAttribute('maxlength')")
    writer.page.get_by_label("Nickname").fill("y" * 100_000)
    writer.page.evaluate("Object.defineProperty(document, 'hidden', {value: true})")
    with writer.page.expect_response("**/drafts/") as answer:
        writer.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert answer.value.status == 200


def test_text_never_reaches_the_session_of_somebody_else(writer):
    Session.objects.all().delete()
    writer.page.get_by_label("Nickname").fill("Mine alone")
    expect(writer.page.get_by_text(ENDED)).to_be_visible()
    take_session(writer, UserFactory())
    with writer.page.expect_response("**/accounts/profile/") as answer:
        pass
    assert answer.value.ok
    writer.page.wait_for_timeout(500)
    expect(writer.page.get_by_text(ENDED)).to_be_visible()
    assert not Draft.objects.exists()


def test_a_form_without_a_draft_waits_for_its_person_and_is_sent_then(writer):
    writer.go("/accounts/absence/")
    writer.page.get_by_label("Away until").fill("2027-01-04")
    Session.objects.all().delete()
    writer.page.get_by_role("button", name="Save").click()
    notice = writer.page.get_by_text(ENDED)
    expect(notice).to_be_visible()
    expect(writer.page.get_by_label("Away until")).to_have_value("2027-01-04")
    take_session(writer, writer.user)
    writer.sees("Saved")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_component_passes_in_light_and_dark(browser, live_server, settings, scheme):
    settings.DEMO = True
    person = Person(browser, live_server.url)
    take_session(person, UserFactory())
    person.page.emulate_media(color_scheme=scheme)
    person.go("/ui/")
    expect(person.page.get_by_role("heading", name="Components")).to_be_visible()
    assert check_page(person.page) == []
    person.context.close()
