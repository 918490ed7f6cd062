"""Rounds of questions without names, and figures that give nobody away."""

from __future__ import annotations

import os
import random

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.urls import reverse

from cpms.accounts.access import Refused
from cpms.accounts.roles import Role
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import Verb
from outcomes import actions as outcomes
from outcomes import queries
from outcomes.models import Effect, SurveyAnswer, SurveyAsked, SurveyRound
from outcomes.queries.small_cells import ALL, LEAST, TOTAL, protect, protect_table
from panels.models import Panel
from tests.clients import signed_in
from tests.factories import Story, UserFactory, give_role

pytestmark = pytest.mark.django_db
TABLES = int(os.environ.get("CPMS_TABLES", "200"))


@pytest.fixture
def story():
    """A network with a coordinator, a lead, an expert who spoke, and five who did not take part."""
    story = Story()
    story.open()
    story.seat(story.expert)
    story.contribute(story.expert)
    story.coordinator = UserFactory(role="none")
    give_role(story.coordinator, Role.NETWORK_COORDINATOR, network=story.group.network)
    story.others = UserFactory.create_batch(5)
    story.network = story.group.network
    return story


NOTHING = {"useful": None, "valued": None, "again": None, "reasons": []}


def opened(story):
    """Opened by the coordinator, and asked by the task."""
    survey = outcomes.open_round(story.network, by=story.coordinator)
    assert outcomes.ask_round(str(survey.pk), by=None) > 0
    assert outcomes.ask_round(str(survey.pk), by=None) == 0
    return survey


def answer(survey, person, **given):
    outcomes.answer_round(survey, by=person, **(NOTHING | given))


def test_everybody_of_the_network_is_asked_once_as_who_they_are(story):
    survey = opened(story)
    kinds = {row.who: row.kind for row in SurveyAsked.objects.all()}
    assert {kinds[story.lead], kinds[story.expert]} == {"user"}
    assert {kinds[person] for person in story.others} == {"other"}
    asked = len(kinds)
    assert WorkItem.objects.open().filter(verb=Verb.SURVEY).count() == asked
    assert OutboxMessage.objects.filter(notice=Notice.SURVEY).count() == asked
    with pytest.raises(Refused, match="open already"):
        outcomes.open_round(story.network, by=story.coordinator)
    with pytest.raises(Refused, match="coordinators of the network"):
        outcomes.open_round(story.network, by=story.lead)
    outcomes.close_round(survey, by=story.coordinator)
    assert not WorkItem.objects.open().filter(verb=Verb.SURVEY).exists()
    assert outcomes.open_round(story.network, by=story.coordinator).number == 2


def test_an_answer_has_no_name_no_time_and_is_given_once(story):
    survey = opened(story)
    client, path = signed_in(story.others[0]), f"/surveys/{survey.pk}/"
    page = client.get(path).content.decode()
    assert ("valued" in page, "No time" in page) == (False, True)
    assert client.post(path, {}).status_code == 422
    assert client.post(path, {"again": "3", "reasons": ["time", "technical"], "useful": "1"}).status_code == 302
    assert client.post(path, {"again": "9"}).status_code == 403
    given = SurveyAnswer.objects.get()
    assert (given.useful, given.valued, given.again, given.reasons) == (None, None, 3, ["time", "technical"])
    named = {field.name for field in SurveyAnswer._meta.get_fields()}
    assert named == {"id", "round", "kind", "useful", "valued", "again", "reasons"}
    assert not WorkItem.objects.open().filter(who=story.others[0], verb=Verb.SURVEY).exists()
    trail = apps.get_model("audit", "AuditEvent").objects.filter(actor_id=story.others[0].pk)
    assert not trail.filter(detail__icontains=str(given.pk)).exists()


def test_the_database_does_not_tell_whose_an_answer_is(story):
    """Each row's transaction, and its place in the table, would: beside the tick and the time of the work item."""
    survey = opened(story)
    people = [story.lead, story.expert, *story.others]
    for number, person in enumerate(people):
        with transaction.atomic():
            answer(survey, person, useful=number, valued=5, again=number, reasons=["need"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT xmin::text FROM outcomes_surveyanswer")
        assert len(cursor.fetchall()) == 1
        cursor.execute("SELECT again FROM outcomes_surveyanswer ORDER BY ctid")
        placed = [row[0] for row in cursor.fetchall()]
    assert sorted(placed) == list(range(len(people)))


def test_results_wait_for_the_end_and_few_answers_stay_hidden(story):
    survey = opened(story)
    answer(survey, story.lead, useful=7, valued=3, again=8, reasons=["need"])
    client = signed_in(story.coordinator)
    assert "Rounds compared" not in client.get("/reports/surveys/").content.decode()
    outcomes.close_round(survey, by=story.coordinator)
    result = queries.result_of(SurveyRound.objects.get())
    assert [score.mean for score in result.scores] == [None, None, None]
    assert {number for _label, number in result.reasons} <= {None, 0}
    assert result.answered[TOTAL] is None
    with pytest.raises(Refused, match="closed"):
        answer(survey, story.expert, again=5)


def test_rounds_are_compared_side_by_side(story):
    for useful in (6, 8):
        survey = outcomes.open_round(story.network, by=story.coordinator)
        said = {"kind": "user", "useful": useful, "valued": 7, "again": 9, "reasons": ["time"]}
        SurveyAnswer.objects.bulk_create(SurveyAnswer(round=survey, **said) for _ in range(5))
        outcomes.close_round(survey, by=story.coordinator)
    results = [queries.result_of(one) for one in queries.rounds_of(story.coordinator)]
    assert [(r.survey.number, r.scores[0].mean, dict(r.reasons)["No time"]) for r in results] == [
        (2, 8.0, 5),
        (1, 6.0, 5),
    ]
    page = signed_in(story.coordinator).get("/reports/surveys/").content.decode()
    assert page.index("8.0") < page.index("6.0")


def test_the_report_counts_by_group_and_hides_the_few(story):
    said = ["changed"] * 6 + ["validated"] * 5 + ["other"]
    Panel.objects.filter(pk=story.panel.pk).update(state="closed", closed_at="2026-01-02T00:00Z")
    for number, kind in enumerate(said):
        panel = Panel.objects.get(pk=story.panel.pk)
        panel.pk, panel.ref, panel._state.adding = None, f"ENDO-26-9{number:03d}", True
        panel.id = Panel().id
        panel.title = panel.question = ""
        panel.save()
        Effect.objects.create(panel=panel, key=panel.key, kind=kind, by=story.lead)
    report = queries.report_of(story.network)
    assert report.closed == 13
    of_others(story)
    lines = {line.name: line.counts for line in report.parts[0].lines}
    assert lines[str(story.group)] == [6, None, 0, None, 12]
    assert lines["The network"] == [6, None, 0, None, 12]
    page = signed_in(story.coordinator).get("/reports/effect/").content.decode()
    assert "13 closed panels" in page
    chart = report.parts[0].chart
    assert chart.finding.endswith(": 6 of 12")
    assert [cells[0].shown for _name, cells in chart.rows] == ["6", "hidden", "0", "hidden"]
    assert report.parts[1].chart is None
    assert chart.finding in page.replace("&quot;", '"')
    assert "hidden" in page


def of_others(story):
    """It follows the rows: less the official figures of a year it would tell of the last few, so who coordinates there reads it."""
    for role, held, code in (
        (Role.REPRESENTATIVE, {"centre": story.lead.centre}, 403),
        (Role.NATIONAL_OFFICER, {"country": story.lead.centre.country}, 403),
        (Role.HELPDESK_ADULT, {"network": story.network}, 403),
        (Role.CORE_HELPDESK, {}, 403),
        (Role.GROUP_COORDINATOR, {"group": story.group}, 200),
    ):
        user = UserFactory(role="none")
        give_role(user, role, **held)
        assert (role, signed_in(user).get("/reports/effect/").status_code) == (role, code)
        assert (reverse("outcomes:effectiveness") in signed_in(user).get(reverse("kpis")).content.decode()) == (
            code == 200
        )


def test_a_row_hides_small_counts_and_what_would_give_them_away():
    assert protect({"a": 3, "b": 0}) == {"a": None, "b": None, TOTAL: None}
    assert protect({"a": 3, "b": 9, "c": 20}) == {"a": None, "b": None, "c": 20, TOTAL: 32}
    assert protect({"a": 1, "b": 1, "c": 7, "d": 8}) == {"a": None, "b": None, "c": None, "d": 8, TOTAL: 17}
    assert protect({"a": 5, "b": 0}) == {"a": 5, "b": 0, TOTAL: 5}


def test_no_difference_of_shown_figures_gives_a_hidden_one():
    chance = random.Random(19)
    for _ in range(TABLES):
        columns = [f"c{n}" for n in range(chance.randint(1, 4))]
        rows = {
            f"r{n}": {c: chance.choice((0, 0, 1, 2, 4, 5, 9, 30)) for c in columns} for n in range(chance.randint(1, 6))
        }
        shown = protect_table(rows)
        whole = {c: sum(row[c] for row in rows.values()) for c in columns}
        true = {name: row | {TOTAL: sum(row.values())} for name, row in {**rows, ALL: whole}.items()}
        for name, row in shown.items():
            assert all(value in (None, true[name][c]) and value not in range(1, LEAST) for c, value in row.items())
        lines = [([(r, c) for c in columns], (r, TOTAL)) for r in true]
        lines += [([(r, c) for r in rows], (ALL, c)) for c in (*columns, TOTAL)]
        for parts, (r, c) in lines:
            dark = [true[row][column] for row, column in parts if shown[row][column] is None]
            if dark and shown[r][c] is not None:
                assert len(dark) > 1, (rows, shown)
                assert sum(dark) >= LEAST, (rows, shown)
