"""A closed outcome is corrected by a new version with a reason; the old one stays readable, page and document."""

from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader

from cpms.accounts.access import Refused
from cpms.locking import Clash
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import Verb
from outcomes import actions as outcomes
from outcomes import queries
from outcomes.models import OutcomeDocument, OutcomeVersion
from outcomes.states import Decision
from panels import actions as panels
from tests.clients import signed_in
from tests.factories import Story

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
OLD, NEW, WHY = "Raise to 200 mg.", "Raise to 20 mg.", "A nought too many."


@pytest.fixture
def story():
    """A closed panel; its expert had signed."""
    story = Story()
    story.open()
    story.seat(story.expert)
    panels.mark(story.contribute(story.expert), marked=True, by=story.lead)
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    outcomes.write_outcome(story.fresh(), conclusion=OLD, items=[], version=outcome.version, by=story.lead)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    outcomes.sign(story.fresh(), decision=Decision.SIGNED, number=1, by=story.expert)
    outcomes.close_panel(story.fresh(), by=story.lead)
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
