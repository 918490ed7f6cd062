"""What is signed is what was sent; whoever is asked is of the panel; nobody signs for somebody else; urgent is twice as fast."""

from __future__ import annotations

import datetime as dt
import io
import json
import re

import pytest
from pypdf import PdfReader

from cpms import clock
from cpms.accounts.access import Refused
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import Verb
from outcomes import actions as outcomes
from outcomes import queries
from outcomes.models import Outcome, OutcomeDocument, OutcomeVersion, SignOff
from outcomes.states import Decision, OutcomeState
from panels import actions as panels
from panels.models import Panel, Stance
from panels.states import Urgency
from tests.clients import signed_in
from tests.factories import DelegationFactory, Story, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    """Two members; advice of the first is marked, and the outcome is being written."""
    story = Story.of_two()
    story.said = story.contribute(story.expert, kind="treatment")
    panels.mark(story.said, marked=True, by=story.lead)
    outcomes.start_outcome(story.fresh(), by=story.lead)
    return story


def send(story, *, by=None):
    by, outcome = by or story.lead, story.fresh().outcome
    words = {"conclusion": "Give salt.", "items": [], "version": outcome.version}
    outcomes.write_outcome(story.fresh(), by=by, **words)
    return outcomes.send_for_signature(story.fresh(), by=by)


def page(story, person, path="outcome/"):
    return signed_in(person).get(f"/panels/{story.panel.ref}/{path}").content.decode()


def decisions(story):
    outcome = Outcome.objects.get(panel=story.panel)
    return {one.who.display_name: one.decision for one in queries.signatures(outcome)}


def printed(story) -> str:
    document = OutcomeDocument.objects.get(panel=story.panel)
    outcomes.make_document(str(document.pk), by=None)
    document.refresh_from_db()
    return re.sub(r"\s+", " ", " ".join(leaf.extract_text() for leaf in PdfReader(io.BytesIO(document.pdf)).pages))


def assistant(story):
    person = UserFactory(display_name="Invented Assistant", centre=story.lead.centre)
    DelegationFactory(assistant=person, clinician=story.lead)
    return person


def lose_role(person):
    """A clinician until two days ago; nobody has closed their seats yet."""
    days = [clock.today() - dt.timedelta(days=ago) for ago in (30, 2)]
    person.memberships.all().update(valid_from=days[0], valid_to=days[1])


def test_who_signs_reads_the_version_and_beside_it_what_was_said_since(story):
    panels.take_stance(story.said, kind="dissent", text="Too early.", by=story.second)
    send(story)
    body = OutcomeVersion.objects.get().body
    panels.take_stance(story.said, kind="agree", by=story.lead)
    panels.take_stance(story.said, kind="agree", by=story.second)
    third = UserFactory(display_name="Dr Third Person")
    story.seat(third)
    panels.take_stance(story.said, kind="amend", text="Half of it.", by=third)
    for person in (story.expert, story.lead, third):
        client = signed_in(person)
        shown = client.get(f"/panels/{story.panel.ref}/outcome/")
        assert queries.body_of(shown.context["text"]) == body
        assert [one.agree for _row, one in shown.context["rows"] if one] == [0], "beside what is written on too"
        assert [(one.who, one.kind, one.number) for one in shown.context["since"]] == [
            ("Dr Second Person", "agree", 1),
            ("Dr Third Person", "amend", 1),
        ]
        text = shown.content.decode()
        assert ("Half of it." in text, "Agrees by now" in text, f"#s-{story.said.pk}" in text) == (True, True, True)
    assert "ask for signatures again" in page(story, story.lead)


def test_what_was_said_since_stays_beside_the_closed_text_and_comes_into_the_next(story):
    send(story)
    panels.take_stance(story.said, kind="dissent", text="Never so much.", by=story.second)
    assert "Never so much." not in OutcomeVersion.objects.get().body
    outcomes.close_panel(story.fresh(), by=story.lead, although=9)
    assert "Said since version 1 was sent" in page(story, story.expert)
    panels.reopen(story.fresh(), by=story.lead)
    outcomes.start_outcome(story.fresh(), by=story.lead)
    assert "Said since" not in page(story, story.lead)
    send(story)
    assert "Never so much." in OutcomeVersion.objects.get(number=2).body
    assert "Said since" not in page(story, story.expert)


def test_a_dissent_at_the_moment_of_sending_is_in_the_text_or_beside_it(story):
    early = panels.take_stance(story.said, kind="dissent", text="In time.", by=story.second)
    sent = send(story)
    Stance.objects.filter(pk=early.pk).update(at=sent.sent_at + dt.timedelta(seconds=1))
    late = panels.take_stance(story.said, kind="dissent", text="On its way.", by=story.lead)
    Stance.objects.filter(pk=late.pk).update(at=sent.sent_at - dt.timedelta(seconds=1))
    since = signed_in(story.expert).get(f"/panels/{story.panel.ref}/outcome/").context["since"]
    assert [one.text for one in since] == ["On its way."]


def test_a_draft_after_a_version_is_called_a_draft(story):
    send(story)
    assert "Version 1, of" in page(story, story.expert)
    write = {"conclusion": "Other words.", "items": [], "version": story.fresh().outcome.version}
    outcomes.write_outcome(story.fresh(), by=story.lead, **write)
    shown = page(story, story.expert)
    assert ("Draft after version 1" in shown, "Version 1, of" in shown, "Other words." in shown) == (True, False, True)


def test_what_an_assistant_sends_waits_for_the_signature_of_the_lead(story):
    helper = assistant(story)
    send(story, by=helper)
    assert decisions(story) == {
        "Dr Lead Person": Decision.PENDING,
        "Dr Expert Person": Decision.PENDING,
        "Dr Second Person": Decision.PENDING,
    }
    assert WorkItem.objects.open().filter(who=story.lead, verb=Verb.SIGN).count() == 1
    assert OutboxMessage.objects.filter(recipient=story.lead, notice=Notice.SIGN_WANTED).count() == 1
    for person in (story.lead, story.expert, helper):
        assert "Sent by Invented Assistant on behalf of the lead" in page(story, person)
    with pytest.raises(Refused, match="not asked to sign"):
        outcomes.sign(story.fresh(), decision=Decision.SIGNED, number=1, by=helper)
    signed_in(story.lead).post(f"/panels/{story.panel.ref}/outcome/sign/", {"number": 1, "decision": "signed"})
    assert decisions(story)["Dr Lead Person"] == Decision.SIGNED
    outcomes.close_panel(story.fresh(), by=helper, although=2)
    assert "Sent for signature by Invented Assistant, on behalf of the lead." in printed(story)


def test_what_the_lead_sends_is_signed_by_that(story):
    send(story)
    assert decisions(story)["Dr Lead Person"] == Decision.SIGNED
    outcomes.close_panel(story.fresh(), by=story.lead, although=9)
    assert "on behalf of the lead" not in printed(story) + page(story, story.lead)


def solid(story) -> list[str]:
    """The words of the solid buttons on the lead's page of the outcome."""
    found = re.findall(r'<button class="btn btn-primary[^>]*>\s*(?:<svg.*?</svg>)?\s*([^<]+)', page(story, story.lead))
    return [words.strip() for words in found]


def test_the_solid_button_is_the_next_step_asking_then_closing(story):
    assert solid(story) == ["Ask for signatures"]
    send(story)
    assert solid(story) == []
    assert re.search(r">\s*Ask for signatures again\s*<", re.sub(r"<svg.*?</svg>", "", page(story, story.lead)))
    for person in (story.expert, story.second):
        outcomes.sign(story.fresh(), decision=Decision.SIGNED, number=1, by=person)
    assert solid(story) == ["Close and make the document"]


def test_a_correction_by_an_assistant_is_put_to_the_lead(story):
    send(story)
    outcomes.close_panel(story.fresh(), by=story.lead, although=9)
    version = story.fresh().outcome.version
    words = {"conclusion": "Less.", "items": [], "reason": "A slip.", "version": version}
    outcomes.correct_outcome(story.fresh(), by=assistant(story), **words)
    assert decisions(story)["Dr Lead Person"] == Decision.PENDING
    assert OutboxMessage.objects.filter(recipient=story.lead, notice=Notice.OUTCOME_CORRECTED).count() == 1


def test_who_left_is_not_awaited_and_has_no_part_in_the_version(story):
    send(story)
    outcomes.sign(story.fresh(), decision=Decision.SIGNED, number=1, by=story.expert)
    panels.end_invitation(story.invitation(story.second), by=story.lead)
    assert queries.awaited(story.fresh().outcome) == []
    shown = page(story, story.lead)
    assert ("Close although" in shown, "Dr Second Person" in shown) == (False, False)
    outcomes.close_panel(story.fresh(), by=story.lead)
    assert not SignOff.objects.filter(who=story.second).exists()
    paper = printed(story)
    assert ("No answer" in paper, "without part in this outcome: Dr Second Person" in paper) == (False, True)


def test_who_gave_advice_and_left_is_not_said_to_have_had_no_part(story):
    send(story)
    panels.end_invitation(story.invitation(story.expert), by=story.lead)
    outcomes.close_panel(story.fresh(), by=story.lead, although=1)
    paper = printed(story)
    assert ("Given by Dr Expert Person" in paper, "without part" in paper) == (True, False)


def test_who_lost_the_role_of_a_clinician_is_not_awaited_either(story):
    send(story)
    assert len(queries.awaited(story.fresh().outcome)) == 2
    lose_role(story.second)
    assert [one.who for one in queries.awaited(story.fresh().outcome)] == [story.expert]


def test_a_correction_does_not_wait_for_who_left(story):
    send(story)
    outcomes.close_panel(story.fresh(), by=story.lead, although=9)
    version = story.fresh().outcome.version
    words = {"conclusion": "Less.", "items": [], "reason": "A slip.", "version": version}
    outcomes.correct_outcome(story.fresh(), by=story.lead, **words)
    lose_role(story.second)
    outcomes.sign(story.fresh(), decision=Decision.SIGNED, number=2, by=story.expert)
    assert OutcomeDocument.objects.filter(panel=story.panel, number=2).count() == 2
    Outcome.objects.update(sent_at=clock.now() - dt.timedelta(days=8))
    assert (outcomes.end_signing(by=None), outcomes.end_signing(by=None)) == (1, 0)
    assert OutcomeDocument.objects.filter(panel=story.panel, number=2).count() == 2
    assert decisions(story) == {"Dr Lead Person": Decision.SIGNED, "Dr Expert Person": Decision.SIGNED}


def test_what_was_signed_is_printed_though_the_last_who_was_asked_left_without_an_answer(story):
    send(story)
    outcomes.close_panel(story.fresh(), by=story.lead, although=9)
    version = story.fresh().outcome.version
    words = {"conclusion": "Less.", "items": [], "reason": "A slip.", "version": version}
    outcomes.correct_outcome(story.fresh(), by=story.lead, **words)
    outcomes.sign(story.fresh(), decision=Decision.SIGNED, number=2, by=story.expert)
    lose_role(story.second)
    made = OutcomeDocument.objects.filter(panel=story.panel, number=2).order_by("edition")
    assert made.count() == 1
    Outcome.objects.update(sent_at=clock.now() - dt.timedelta(days=8))
    assert [outcomes.end_signing(by=None) for _ in range(2)] == [1, 0]
    _first, second = (json.loads(document.facts) for document in made)
    assert {row["who"]["display_name"]: row["decision"] for row in second["signatures"]}["Dr Expert Person"] == "signed"
    assert [person["display_name"] for person in second["also_asked"]] == ["Dr Second Person"]


@pytest.mark.parametrize(("urgency", "days"), [(Urgency.URGENT, 3.5), (Urgency.ROUTINE, 7)])
def test_urgent_halves_the_days_for_signing(story, urgency, days):
    Panel.objects.filter(pk=story.panel.pk).update(urgency=urgency)
    outcome, wait = send(story), dt.timedelta(days=days)
    due = WorkItem.objects.open().filter(verb__in=[Verb.SIGN, Verb.CLOSE]).values_list("due_at", flat=True)
    assert outcome.sign_by == outcome.sent_at + wait
    assert all(abs(day - outcome.sign_by) < dt.timedelta(minutes=1) for day in due)
    Outcome.objects.update(sent_at=clock.now() - wait + dt.timedelta(minutes=1))
    assert len(queries.awaited(story.fresh().outcome)) == 2
    Outcome.objects.update(sent_at=clock.now() - wait, state=OutcomeState.FINAL)
    assert queries.awaited(story.fresh().outcome) == []
    assert outcomes.end_signing(by=None) == 1


def test_the_page_says_that_a_lead_signs_by_asking_and_speaks_of_the_silent_only_while_somebody_is(story):
    assert "you sign the text yourself" in page(story, story.lead)
    assert "The lead is asked to sign as well." in page(story, assistant(story))
    send(story)
    assert "Silence never counts as a signature." in page(story, story.lead)
    for invitation in story.panel.invitations.all():
        outcomes.sign(story.fresh(), decision=Decision.SIGNED, number=1, by=invitation.invitee)
    assert "Silence never counts as a signature." not in page(story, story.lead)
