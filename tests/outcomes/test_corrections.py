"""A closed outcome is corrected by a new version with a reason; the old one stays readable, page and document."""

from __future__ import annotations

import datetime as dt
import io
import re

import pytest
from pypdf import PdfReader

from cpms import clock
from cpms.accounts.access import Refused
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.locking import Clash
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import Verb
from outcomes import actions as outcomes
from outcomes import queries
from outcomes.models import Outcome, OutcomeDocument, OutcomeVersion
from outcomes.states import Decision, Language
from panels import actions as panels
from tests.clients import signed_in
from tests.factories import Story, UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
OLD, NEW, WHY = "Raise to 200 mg.", "Raise to 20 mg.", "A nought too many."


def sent() -> Story:
    """A panel whose outcome its expert is asked to sign."""
    story = Story()
    story.open()
    story.seat(story.expert)
    panels.mark(story.contribute(story.expert), marked=True, by=story.lead)
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    outcomes.write_outcome(story.fresh(), conclusion=OLD, items=[], version=outcome.version, by=story.lead)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    return story


@pytest.fixture
def story():
    """A closed panel; its expert had signed."""
    story = sent()
    outcomes.sign(story.fresh(), decision=Decision.SIGNED, number=1, by=story.expert)
    outcomes.close_panel(story.fresh(), by=story.lead, although=9)
    return story


def correct(story, *, by=None, version=None, reason=WHY, conclusion=NEW):
    version = story.fresh().outcome.version if version is None else version
    words = {"conclusion": conclusion, "items": [], "reason": reason, "version": version}
    return outcomes.correct_outcome(story.fresh(), by=by or story.lead, **words)


def printed(document) -> str:
    outcomes.make_document(str(document.pk), by=None)
    document.refresh_from_db()
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(io.BytesIO(document.pdf)).pages))


def test_a_correction_is_a_new_version_and_both_stay_readable(story):
    first = OutcomeDocument.objects.get(panel=story.panel)
    before = printed(first)
    kept = bytes(first.pdf)
    correct(story)
    second = OutcomeDocument.objects.get(panel=story.panel, number=2)
    after = printed(second)
    assert (OLD in before, WHY in before, NEW in before) == (True, False, False)
    assert f"{story.panel.network}, {story.panel.group}" in before
    assert "to discussion for care, given by " in before
    assert (NEW in after, WHY in after, OLD in after) == (True, True, False)
    assert "takes the place of version 1" in after
    assert "Signed version 1" in after
    assert "told of this correction" in after
    first.refresh_from_db()
    assert bytes(first.pdf) == kept
    client = signed_in(story.expert)
    pages = {n: client.get(f"/panels/{story.panel.ref}/outcome/versions/{n}/").content.decode() for n in (1, 2)}
    assert (OLD in pages[1], NEW in pages[1], "has taken its place" in pages[1]) == (True, False, True)
    assert (OLD in pages[2], NEW in pages[2], WHY in pages[2]) == (False, True, True)
    assert client.get(f"/panels/{story.panel.ref}/outcome/versions/3/").status_code == 404
    assert client.get(f"/documents/{first.pk}/").content == kept
    assert "Version 2 has taken its place" in client.post("/verify/", {"code": first.code}).content.decode()
    assert "has taken its place" not in client.post("/verify/", {"code": second.code}).content.decode()


def test_a_document_made_late_prints_its_own_version(story):
    correct(story)
    first = OutcomeDocument.objects.get(panel=story.panel, number=1)
    text = printed(first)
    assert (OLD in text, NEW in text) == (True, False)


def test_who_had_signed_is_told_and_may_sign_the_correction_or_dissent(story):
    correct(story)
    assert OutboxMessage.objects.get(notice=Notice.OUTCOME_CORRECTED).recipient == story.expert
    assert WorkItem.objects.open().get(who=story.expert).verb == Verb.SIGN
    with pytest.raises(Refused, match="version 2 is out"):
        outcomes.sign(story.fresh(), decision=Decision.SIGNED, number=1, by=story.expert)
    outcomes.sign(story.fresh(), decision=Decision.DISSENT, number=2, text="Still too much.", by=story.expert)
    assert not WorkItem.objects.open().filter(who=story.expert).exists()
    by_version = {n: queries.signatures(story.fresh().outcome, n) for n in (1, 2)}
    decisions = {n: {s.who: s.decision for s in signed} for n, signed in by_version.items()}
    assert decisions[1][story.expert] == Decision.SIGNED
    assert decisions[2] == {story.expert: Decision.DISSENT, story.lead: Decision.SIGNED}


def test_a_correction_needs_a_reason_the_treating_side_and_a_closed_panel(story):
    with pytest.raises(Refused, match="reason is printed"):
        correct(story, reason=" ")
    with pytest.raises(Refused, match="The lead corrects"):
        correct(story, by=story.expert)
    panels.archive(story.fresh(), by=story.lead)
    with pytest.raises(Refused, match="before it goes into the archive"):
        correct(story)
    panels.unarchive(story.fresh(), by=story.lead)
    panels.reopen(story.fresh(), by=story.lead)
    with pytest.raises(Refused, match="once its panel is closed"):
        correct(story)
    assert OutcomeVersion.objects.count() == 1


def test_of_two_corrections_at_once_the_second_sees_the_first(story):
    version = story.fresh().outcome.version
    correct(story, version=version)
    with pytest.raises(Clash) as caught:
        correct(story, version=version, conclusion="Raise to 2 mg.")
    assert [(f.mine, f.theirs) for f in caught.value.fields if f.name] == [("Raise to 2 mg.", NEW)]
    assert OutcomeDocument.objects.count() == 2
    client = signed_in(story.lead)
    typed = {"version": version, "conclusion": "Mine.", "reason": "Again.", "advice-TOTAL_FORMS": 0}
    page = client.post(f"/panels/{story.panel.ref}/outcome/correct/", typed | {"advice-INITIAL_FORMS": 0})
    assert page.status_code == 409
    for words in ("Mine.", NEW, "Again."):
        assert words in page.content.decode()
    assert client.post(f"/panels/{story.panel.ref}/outcome/correct/", typed | {"reason": ""}).status_code == 422


def test_who_dissents_from_a_correction_is_in_its_next_edition_and_the_earlier_code_still_counts(story):
    correct(story)
    first = OutcomeDocument.objects.get(panel=story.panel, number=2)
    assert "Still too much." not in printed(first)
    title = story.panel.title
    type(story.panel).objects.filter(pk=story.panel.pk).update(title="")
    outcomes.sign(story.fresh(), decision=Decision.DISSENT, number=2, text="Still too much.", by=story.expert)
    second = OutcomeDocument.objects.get(panel=story.panel, number=2, edition=2)
    text = printed(second)
    assert ("Still too much." in text, title in text) == (True, True)
    first.refresh_from_db()
    assert (first.fingerprint, first.code == second.code) == (second.fingerprint, False)
    client = signed_in(story.lead)
    assert "There is a later edition" in client.post("/verify/", {"code": first.code}).content.decode()
    assert "There is a later edition" not in client.post("/verify/", {"code": second.code}).content.decode()
    polish = outcomes.order_language(second, Language.PL, by=story.lead)
    assert (polish.edition, polish.facts) == (2, second.facts)
    assert "-outcome-2-edition-2-en.pdf" in client.get(second.get_absolute_url())["Content-Disposition"]


def test_signing_of_a_correction_ends_by_its_day_and_only_what_was_signed_makes_a_new_edition(story):
    third = UserFactory()
    panels.reopen(story.fresh(), by=story.lead)
    outcomes.start_outcome(story.fresh(), by=story.lead)
    story.seat(third)
    outcome = story.fresh().outcome
    outcomes.write_outcome(story.fresh(), conclusion=OLD, items=[], version=outcome.version, by=story.lead)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    outcomes.close_panel(story.fresh(), by=story.lead, although=9)
    correct(story)
    number = story.fresh().outcome.number
    editions = OutcomeDocument.objects.filter(panel=story.panel, number=number)
    outcomes.sign(story.fresh(), decision=Decision.SIGNED, number=number, by=story.expert)
    assert (outcomes.end_signing(by=None), editions.count()) == (0, 1)
    Outcome.objects.update(sent_at=clock.now() - dt.timedelta(days=8))
    assert [outcomes.end_signing(by=None) for _ in range(2)] == [1, 0]
    assert [document.edition for document in editions.order_by("edition")] == [1, 2]
    assert not WorkItem.objects.open().filter(who=third).exists()
    with pytest.raises(Refused, match="answered already"):
        outcomes.sign(story.fresh(), decision=Decision.SIGNED, number=number, by=third)


def test_before_the_day_a_panel_is_closed_only_by_saying_how_many_have_not_answered():
    story = sent()
    client, path = signed_in(story.lead), f"/panels/{story.panel.ref}/outcome/"
    page = client.get(path).content.decode()
    assert ("Close although 1 has not answered" in page, ": Dr Expert Person. Afterwards" in page) == (True, True)
    with pytest.raises(Refused, match="1 has not answered"):
        outcomes.close_panel(story.fresh(), by=story.lead)
    close = f"/panels/{story.panel.ref}/close/"
    assert client.post(close, {}).url == path
    assert story.fresh().state == "outcome"
    assert client.post(close, {"although": "1"}).status_code == 302
    assert AuditEvent.objects.get(event=Event.OUTCOME_SIGNED).detail == {
        "version": 1,
        "kind": "closed early",
        "count": 1,
    }
    assert "when the lead closed, before the day" in client.get(path).content.decode()
    log = client.get(f"/panels/{story.panel.ref}/").content.decode()
    assert "closed before the day, 1 member has not answered" in log.lower()


def test_after_the_day_a_panel_is_closed_without_a_question():
    story = sent()
    Outcome.objects.update(sent_at=clock.now() - dt.timedelta(days=8))
    assert outcomes.close_panel(story.fresh(), by=story.lead).state == "closed"
