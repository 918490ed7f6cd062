"""Advice items: where they come from, what they carry, and that no word of two writers is lost."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from cpms import clock
from cpms.accounts.access import Refused
from cpms.drafts import actions as drafts
from cpms.locking import Clash
from outcomes import actions as outcomes
from outcomes import queries
from outcomes.models import OutcomeVersion
from outcomes.states import OutcomeState
from panels import actions as panels
from panels.meetings import actions as meetings
from tests.clients import signed_in
from tests.factories import DelegationFactory, Story, UserFactory

pytestmark = pytest.mark.django_db
DUE = dt.date(2026, 12, 15)


@pytest.fixture
def story():
    """An open panel with one marked statement, with which somebody agrees and somebody does not."""
    story = Story.of_two()
    said = story.contribute(story.expert, kind="treatment")
    panels.take_stance(said, kind="agree", by=story.lead)
    panels.take_stance(said, kind="dissent", text="Not at this age.", by=story.second)
    panels.mark(said, marked=True, by=story.lead)
    return story


def started(story):
    outcomes.start_outcome(story.fresh(), by=story.lead)
    return queries.outcome_of(story.fresh())


def write(story, outcome, *, version=None, by=None, conclusion="Give salt.", **changes):
    rows = [{"id": item.pk, "text": item.text, **changes} for item in outcome.items.all()]
    version = outcome.version if version is None else version
    return outcomes.write_outcome(
        story.fresh(), conclusion=conclusion, items=rows, version=version, by=by or story.lead
    )


def test_the_draft_knows_what_the_discussion_said(story):
    advice = queries.text_of(started(story)).advice
    assert [(one.kind, one.strength, one.owner, one.due, one.by, one.agree) for one in advice] == [
        ("treatment", "", "Dr Lead Person", None, "Dr Expert Person", 1)
    ]
    assert [(objection.who, objection.text) for objection in advice[0].dissents] == [
        ("Dr Second Person", "Not at this age.")
    ]


def decide(story, text, **words):
    """On the sheet of a meeting, and carried over by the task."""
    planned = story.panel.agenda_items.first()
    meeting = planned.meeting if planned else meet(story)
    said = {"dissent": "", "owner": None, "due_on": None} | words
    made = meetings.decide(meeting.agenda.get(panel=story.fresh()), text=text, by=story.lead, **said)
    outcomes.take_decision(str(made.pk), by=None)
    return meeting


def meet(story):
    when = {"starts_at": clock.now() + dt.timedelta(hours=1), "minutes": 30, "link": "https://video.example/x"}
    return meetings.schedule(story.fresh(), by=story.lead, **when)


def test_a_decision_is_recorded_before_the_outcome_is_started_and_stands_in_its_draft(story):
    meeting = decide(story, "Culture first.", owner=story.second, due_on=DUE, dissent="Dr No: later.")
    assert [item.text for item in meeting.decisions.all()] == ["Culture first."]
    advice = queries.text_of(started(story)).advice
    assert next((one.text, one.owner, one.due) for one in advice) == ("Culture first.", "Dr Second Person", DUE)
    assert [one.by for one in advice] == ["", "Dr Expert Person"]
    assert [objection.text for objection in advice[0].dissents] == ["Dr No: later."]


def test_how_strongly_something_is_advised_is_said_by_nobody_beforehand(story):
    """Left open it stays unsaid on every page and in the document; chosen and taken back it is unsaid again."""
    client, here = signed_in(story.lead), f"/panels/{story.panel.ref}/outcome/"
    item = started(story).items.get()
    assert b'<option value="" selected>Not said</option>' in client.get(here).content
    for strength, label in (("", ""), ("option", "Option"), ("", "")):
        write(story, queries.outcome_of(story.fresh()), strength=strength)
        item.refresh_from_db()
        text = queries.text_of(queries.outcome_of(story.fresh()))
        assert (item.strength, text.advice[0].strength_label) == (strength, label)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    read = signed_in(story.expert).get(here).content.decode()
    assert [word for word in ("Strong", "Conditional", "Option", "Not said") if word in read] == []


def test_a_decision_takes_back_what_was_sent_for_signature(story):
    meet(story)
    write(story, started(story))
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    decide(story, "One more.")
    assert queries.outcome_of(story.fresh()).state == OutcomeState.DRAFT
    with pytest.raises(Refused, match="not asked for signatures"):
        outcomes.sign(story.fresh(), decision="signed", number=1, by=story.expert)


def test_what_was_sent_does_not_change_with_what_is_written_or_said_later(story):
    write(story, started(story), due_on=DUE, strength="conditional")
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    first = OutcomeVersion.objects.get().body
    outcome = queries.outcome_of(story.fresh())
    write(story, outcome, conclusion="Give more salt.", owner="Somebody else")
    panels.take_stance(story.panel.contributions.get(), kind="agree", by=story.second)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    kept = {version.number: queries.text_from(version.body) for version in OutcomeVersion.objects.all()}
    assert OutcomeVersion.objects.get(number=1).body == first
    assert [(n, text.conclusion, text.advice[0].owner, text.advice[0].due) for n, text in sorted(kept.items())] == [
        (1, "Give salt.", "Dr Lead Person", DUE),
        (2, "Give more salt.", "Somebody else", DUE),
    ]
    assert [len(text.dissents) for text in kept.values()] == [0, 1]


def test_two_writers_see_each_others_words_and_lose_none(story):
    meet(story)
    outcome = started(story)
    assert write(story, outcome, owner="The ward").version == outcome.version + 1
    decide(story, "Decided meanwhile.")
    client, item = signed_in(story.lead), outcome.items.get(contribution__isnull=False)
    form = {
        "version": outcome.version,
        "conclusion": "Less salt.",
        "advice-TOTAL_FORMS": 1,
        "advice-INITIAL_FORMS": 1,
        "advice-0-id": item.pk,
        "advice-0-text": "My words.",
        "advice-0-strength": "option",
        "advice-0-owner": "Me",
    }
    page = client.post(f"/panels/{story.panel.ref}/outcome/save/", form)
    assert page.status_code == 409
    shown = page.content.decode()
    for words in ("Less salt.", "Give salt.", "My words.", item.text, "The ward", "Decided meanwhile."):
        assert words in shown, words
    form["version"] = queries.outcome_of(story.fresh()).version
    assert client.post(f"/panels/{story.panel.ref}/outcome/save/", form).status_code == 302
    text = queries.text_of(queries.outcome_of(story.fresh()))
    assert [(one.text, one.owner) for one in text.advice] == [
        ("My words.", "Me"),
        ("Decided meanwhile.", ""),
    ]


def test_a_clash_names_both_texts_of_the_conclusion(story):
    outcome = started(story)
    write(story, outcome)
    with pytest.raises(Clash) as caught:
        write(story, outcome, version=outcome.version, conclusion="Mine.")
    assert [(field.name, field.mine, field.theirs) for field in caught.value.fields] == [
        ("conclusion", "Mine.", "Give salt.")
    ]


def test_a_dissent_may_be_about_one_advice(story):
    write(story, started(story))
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    client = signed_in(story.expert)
    sent = {"number": 1, "decision": "dissent", "text": "Less.", "about": "1"}
    assert client.post(f"/panels/{story.panel.ref}/outcome/sign/", sent | {"about": "2"}).status_code == 422
    client.post(f"/panels/{story.panel.ref}/outcome/sign/", sent)
    assert "Signed with a dissent on advice 1" in client.get(f"/panels/{story.panel.ref}/outcome/").content.decode()


def test_a_draft_over_an_older_text_meets_what_somebody_saved_since(story):
    outcome = started(story)
    client, page = signed_in(story.lead), reverse("outcomes:edit", args=[story.panel.ref])
    item = outcome.items.get()
    rows = {"advice-TOTAL_FORMS": "1", "advice-INITIAL_FORMS": "1", "advice-0-id": str(item.pk)}
    typed = {"version": str(outcome.version), "conclusion": "mine", "advice-0-text": "Mine.", **rows}
    drafts.save_draft(form=f"outcome:{story.panel.ref}", label="", path=page, fields=typed, by=story.lead)
    write(story, outcome, conclusion="theirs", text="Theirs.")
    decide(story, "Scan first.")
    shown = client.get(page).context
    assert shown["form"]["version"].value() == typed["version"]
    assert [row["text"].value() for row in shown["advice"] if row["text"].value()] == ["Mine.", "Scan first."]
    common = {"advice-0-kind": "treatment", "advice-0-strength": "strong", "do": "save"}
    clash = client.post(reverse("outcomes:save", args=[story.panel.ref]), typed | common)
    assert clash.status_code == 409
    assert all(text in clash.content.decode() for text in ("mine", "theirs", "Mine.", "Theirs.", "Scan first."))


def post(story, version, **row):
    """Save the page's form with its first advice as typed; ``row`` gives what was typed in it."""
    form = {"version": str(version), "conclusion": "Salt.", "advice-TOTAL_FORMS": "1", "advice-INITIAL_FORMS": "1"}
    form |= {f"advice-0-{name}": value for name, value in ({"strength": "strong"} | row).items()}
    return signed_in(story.lead).post(reverse("outcomes:save", args=[story.panel.ref]), form)


def test_kind_strength_and_day_are_not_overwritten_unseen(story):
    outcome = started(story)
    write(story, outcome, conclusion="Salt.", kind="test", strength="option", due_on=DUE)
    item = outcome.items.get()
    row = {"id": item.pk, "text": item.text, "owner": item.owner, "kind": "", "strength": "conditional"}
    clash = post(story, outcome.version, **row)
    assert clash.status_code == 409
    fields = clash.context["clash"].fields
    assert [(field.name, field.label, field.mine, field.theirs, field.choice) for field in fields] == [
        ("advice-0-kind", "Advice 1, kind", "Not said", "Test", ("", "test")),
        ("advice-0-strength", "Advice 1, strength", "Conditional", "Option", ("conditional", "option")),
        ("advice-0-due_on", "Advice 1, by when", "", "15 December 2026", ("", "2026-12-15")),
    ]
    assert "advice-0-strength" not in dict(clash.context["posted"]), "what is chosen there is sent once"


def test_advice_taken_out_meanwhile_is_shown_and_comes_back_with_its_author(story):
    outcome = started(story)
    (item,) = outcome.items.all()
    write(story, outcome, conclusion="Salt.", text="")
    mine = {"id": item.pk, "text": "My words.", "kind": "treatment"}
    clash = post(story, outcome.version, **mine)
    shown = clash.content.decode()
    assert (clash.status_code, "taken out meanwhile" in shown, "My words." in shown) == (409, True, True)
    assert post(story, clash.context["version"], **mine).status_code == 302
    (advice,) = queries.text_of(queries.outcome_of(story.fresh())).advice
    assert (advice.text, advice.by) == ("My words.", "Dr Expert Person")


def test_a_decision_taken_out_meanwhile_comes_back_as_of_its_meeting(story):
    meeting = decide(story, "Scan first.")
    outcome = started(story)
    decided = outcome.items.get(meeting=meeting)
    write(story, outcome, text="")
    rows = [{"id": decided.pk, "text": "Scan now."}]
    version = queries.outcome_of(story.fresh()).version
    outcomes.write_outcome(story.fresh(), conclusion="Salt.", items=rows, version=version, by=story.lead)
    (item,) = queries.outcome_of(story.fresh()).items.all()
    assert (item.pk, item.meeting, item.text) == (decided.pk, meeting, "Scan now.")


def test_advice_that_was_taken_out_and_is_sent_back_twice_comes_back_once_and_both_texts_stay(story):
    outcome = started(story)
    (item,) = outcome.items.all()
    write(story, outcome, text="")
    rows = [{"id": item.pk, "text": text} for text in ("First.", "Second.")]
    words = {"conclusion": "Salt.", "version": queries.outcome_of(story.fresh()).version}
    outcomes.write_outcome(story.fresh(), items=rows, by=story.lead, **words)
    advice = queries.text_of(queries.outcome_of(story.fresh())).advice
    assert [(one.text, one.by) for one in advice] == [("First.", "Dr Expert Person"), ("Second.", "")]


def test_each_save_is_kept_for_who_writes_with_who_saved_it(story):
    outcome = started(story)
    helper = UserFactory(display_name="Invented Assistant", centre=story.lead.centre)
    DelegationFactory(assistant=helper, clinician=story.lead)
    for number, (person, conclusion) in enumerate([(story.lead, "First."), (helper, "Second."), (helper, "Third.")]):
        words = {"conclusion": conclusion, "dissent": "Dr Spoken: not yet.", "strength": "conditional"}
        write(story, outcome, version=outcome.version + number, by=person, **words)
    address = f"/panels/{story.panel.ref}/outcome/"
    saves = signed_in(story.lead).get(address).context["saves"]
    assert [(save.by.display_name, text.conclusion) for save, text in saves] == [
        ("Invented Assistant", "Second."),
        ("Dr Lead Person", "First."),
    ]
    page = signed_in(helper).get(address).content.decode()
    assert ("Saved before" in page, "First." in page) == (True, True)
    saved = page.split("Saved before")[1]
    assert ("Advice 1, treatment, conditional" in saved, "Dr Spoken: not yet." in saved) == (True, True)
    assert "First." not in signed_in(story.expert).get(address).content.decode()


def test_what_is_saved_again_as_it_was_is_kept_once(story):
    outcome = started(story)
    for number in range(3):
        write(story, outcome, version=outcome.version + number)
    assert outcome.saves.count() == 1
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    write(story, outcome, version=outcome.version + 3)
    assert (outcome.saves.count(), queries.saves_of(story.fresh().outcome)) == (1, [])


def test_a_key_from_another_panel_brings_nobodys_name(story):
    other = Story("b")
    other.open()
    other.seat(other.expert)
    said = other.contribute(other.expert)
    panels.mark(said, marked=True, by=other.lead)
    outcomes.start_outcome(other.fresh(), by=other.lead)
    outcome = started(story)
    rows = [{"id": said.pk, "text": "Mine."}]
    words = {"conclusion": "Salt.", "items": rows, "version": outcome.version}
    outcomes.write_outcome(story.fresh(), by=story.lead, **words)
    assert queries.text_of(queries.outcome_of(story.fresh())).advice[0].by == ""
    assert queries.text_of(queries.outcome_of(other.fresh())).advice[0].text == said.text
