"""The pages on which a group confirms a default or sets its own range; and what the printed questionnaire says."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from cpms.accounts.models import ThematicGroup
from cpms.accounts.roles import Role
from cpms.terminology import catalogue
from panels.cases.models import GroupRange, LabResult
from panels.cases.queries import ALL_AGES
from panels.cases.range_forms import RangeForm, typed
from tests.clients import signed_in
from tests.factories import GroupFactory, NetworkFactory, Story, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
SENT = {
    "sex": "any",
    "age_from": "1",
    "from_unit": "year",
    "age_to": "6",
    "to_unit": "year",
    "low": "1,2",
    "high": "2.1",
    "unit": "mmol/l",
    "condition": "",
    "source": "Invented study, 2026",
    "address": "",
    "since": "",
}


@pytest.fixture
def room():
    """A case of a group, and the page of phosphate of that group for its coordinator."""
    story = Story()
    story.open()
    coordinator = UserFactory(role="none")
    give_role(coordinator, Role.GROUP_COORDINATOR, group=story.group)
    story.client, story.coordinator = signed_in(coordinator), coordinator
    story.page = address(story.group)
    return story


def address(group, test="phosphate"):
    return reverse("cases:range", args=[group.network.code, group.number, test])


def test_a_range_is_looked_at_and_then_confirmed_and_stands_with_its_history(room):
    looked = room.client.post(room.page, SENT)
    text = looked.content.decode()
    assert (looked.status_code, GroupRange.objects.count()) == (200, 0)
    assert [words in text for words in ("1.2–2.1 mmol/L", "1 year to under 6 years", "Samples of any day")] == [
        True
    ] * 3
    assert room.client.post(room.page, {**SENT, "confirm": "1"}).url == room.page
    row = GroupRange.objects.get()
    assert (row.age_from, row.age_to, row.low, row.unit, row.confirmed_by) == (
        365,
        2191,
        Decimal("1.2"),
        "mmol/L",
        room.coordinator,
    )
    shown = room.client.get(room.page).content.decode()
    assert shown.count("Invented study, 2026") == 2
    assert room.coordinator.display_name in shown
    assert "<b>1</b> range" in room.client.get(reverse("cases:ranges")).content.decode()


def test_a_default_taken_over_fills_the_form_and_is_confirmed_as_it_stands(room):
    analyte = catalogue.analytes()["phosphate"]
    for number, one in enumerate(analyte.intervals):
        form = room.client.get(f"{room.page}?default={number}").context["form"]
        values = {field.name: field.value() for field in form if field.value() is not None}
        checked = room.client.post(room.page, values).context["form"]
        assert checked.errors == {}, one
        assert (checked.new.age_from, checked.new.age_to) == (one.age_from, min(one.age_to, ALL_AGES)), one
        assert (checked.new.low, checked.new.high, checked.new.sex) == (one.low, one.high, one.sex)
    assert room.client.get(f"{room.page}?default=999").status_code == 200


def test_every_default_can_be_taken_over_a_ratio_without_a_unit_too(room):
    for analyte in catalogue.analytes().values():
        for one in analyte.intervals:
            form = RangeForm(typed(one), group=room.group, analyte=analyte, rows=[], start=None)
            assert form.is_valid(), (analyte.key, one, form.errors)
            assert (form.new.low, form.new.high, form.new.unit) == (one.low, one.high, one.unit)
    ratio = address(room.group, "aldosterone_renin_ratio")
    sent = {**SENT, "low": "", "high": "25", "unit": ""}
    assert room.client.post(ratio, {**sent, "confirm": "1"}).status_code == 302
    assert GroupRange.objects.get().unit == "{ratio}"
    assert room.client.post(ratio, {**sent, "high": "9000"}).context["form"].errors["high"]


def test_the_preview_names_each_row_that_the_new_one_takes_the_place_of(room):
    for since in ("2031-03-01", "2030-03-01"):
        assert room.client.post(room.page, {**SENT, "since": since, "confirm": "1"}).status_code == 302
    shown = room.client.post(room.page, SENT).content.decode()
    assert shown.count("It takes the place of 1.2–2.1 mmol/L for samples from ") == 1, (
        "the later one is replaced already"
    )
    assert "1 Mar 2030 on, confirmed" in shown


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"low": "3"}, "high", "The upper bound must be above the lower one."),
        ({"low": "2.1"}, "high", "The upper bound must be above the lower one."),
        ({"low": "", "high": ""}, "low", "Enter a lower bound, an upper bound, or both."),
        ({"high": "1.234,5"}, "high", "Use one decimal mark"),
        ({"high": "2100"}, "high", "This is outside what is possible"),
        ({"unit": "furlong"}, "unit", "This unit cannot be read with certainty."),
        ({"unit": "mIU/L"}, "unit", "Phosphate, inorganic is not measured in mIU/L."),
        ({"age_to": "1"}, "age_to", "The second age must be above the first."),
        ({"age_to": "200"}, "age_to", "This age is above 120 years."),
        ({"age_from": "-1"}, "age_from", ""),
        ({"source": ""}, "source", ""),
        ({"since": "soon"}, "since", "Enter a date"),
        (
            {"from_unit": "month", "age_from": "13"},
            "age_from",
            "These ages meet a range that is set already: both sexes, 1 year",
        ),
    ],
)
def test_what_cannot_hold_is_refused_beside_its_field_and_kept(room, changes, field, words):
    assert room.client.post(room.page, {**SENT, "confirm": "1"}).status_code == 302
    sent = {**SENT, **changes}
    for more in ({}, {"confirm": "1"}):
        answer = room.client.post(room.page, sent | more)
        form = answer.context["form"]
        assert (answer.status_code, list(form.errors)) == (422, [field])
        assert form.errors[field][0].startswith(words)
        assert {name: form[name].value() for name in sent} == sent
    assert GroupRange.objects.count() == 1


def test_a_range_is_ended_from_a_day_on_and_a_wrong_day_is_said_beside_it(room):
    room.client.post(room.page, {**SENT, "confirm": "1"})
    row = GroupRange.objects.get()
    wrong = room.client.post(room.page, {"end-row": row.pk, "end-since": "soon"})
    assert (wrong.status_code, list(wrong.context["ending"].errors)) == (422, ["since"])
    assert "Enter a date as day, month and year" in wrong.content.decode()
    assert room.client.post(room.page, {"end-row": row.pk, "end-since": ""}).url == room.page
    assert "None. The defaults hold." in room.client.get(room.page).content.decode()
    again = room.client.post(room.page, {"end-row": row.pk, "end-since": ""})
    assert again.context["ending"].errors["since"] == ["This range is ended or replaced already."]
    assert "<span>This range is ended or replaced already.</span>" in again.content.decode()
    strange = room.client.post(room.page, {"end-row": 0, "end-since": ""})
    assert (strange.status_code, GroupRange.objects.count()) == (422, 2)
    assert strange.content.decode().count("This range is not one of the group’s.") == 1


def test_a_group_of_others_is_no_group(room):
    other = GroupFactory(network=NetworkFactory(code="BOND", name="ERN BOND"), number=1, name="Bone")
    assert room.client.post(address(other), {**SENT, "confirm": "1"}).status_code == 404
    assert room.client.get(address(room.group, "no-test")).status_code == 404
    assert signed_in(room.lead).get(room.page).status_code == 403
    listed = room.client.get(f"{reverse('cases:ranges')}?group={other.pk}")
    assert listed.context["group"] == room.group


def test_a_coordinator_of_nothing_is_told_so():
    person = UserFactory(role="none")
    give_role(person, Role.CORE_HELPDESK)
    answer = signed_in(person).get(reverse("cases:ranges"))
    assert answer.status_code == 200


def test_the_pages_of_the_case_say_whose_range_it_is(room):
    LabResult.objects.filter(case=room.case).delete()
    for place, low in enumerate((Decimal("0.8"), None)):
        one = {"label": "Phosphate", "value": Decimal("1.9"), "unit": "mmol/L", "low": low, "position": place}
        LabResult.objects.create(case=room.case, key=room.case.key, **one)
    everybody = {**SENT, "age_from": "0", "age_to": "", "confirm": "1"}
    assert room.client.post(room.page, everybody).status_code == 302
    named = f"group {room.group.name}, confirmed"
    lead = signed_in(room.lead)
    shown = lead.get(room.fresh().get_absolute_url()).content.decode()
    assert [
        shown.count(f'<small class="whose">{named}'),
        shown.count('<small class="whose">laboratory’s own</small>'),
    ] == [1, 1]
    assert f"<b>Range of {named}" in shown
    form = lead.get(reverse("cases:form", args=[room.case.pk, "calcium"])).content.decode()
    assert f"<b>Range of {named}" in form
    assert "Default, to be confirmed by the group:" in form


def test_the_printed_questionnaire_of_the_group_marks_what_the_group_set(room):
    form = reverse("cases:blank_form", args=["adrenal" if room.group.number == 1 else "calcium"])
    page = address(room.group, "sodium")
    before = room.client.get(form).content.decode()
    sent = {**SENT, "age_from": "18", "age_to": "", "low": "136.5", "high": "143.5", "confirm": "1"}
    assert room.client.post(page, sent).status_code == 302
    after = room.client.get(form).content.decode()
    assert ["136.5–143.5 (group’s)" in text for text in (before, after)] == [False, True]
    assert f"group {room.group.name}, confirmed" in after
    assert "136.5" not in room.client.get(reverse("cases:blank_form", args=["core"])).content.decode()


def test_the_printed_questionnaire_of_a_sub_group_takes_its_own_ranges_then_the_main_groups(room):
    main = GroupFactory(network=room.group.network, number=31, name="Main")
    ThematicGroup.objects.filter(pk=room.group.pk).update(parent=main)
    give_role(room.coordinator, Role.GROUP_COORDINATOR, group=main)
    adult = {**SENT, "age_from": "18", "age_to": "", "confirm": "1"}
    for group, test, low in ((main, "sodium", "131.5"), (main, "potassium", "3.15"), (room.group, "sodium", "136.5")):
        high = "143.5" if test == "sodium" else "5.45"
        assert room.client.post(address(group, test), adult | {"low": low, "high": high}).status_code == 302
    form = reverse("cases:blank_form", args=["adrenal" if room.group.number == 1 else "calcium"])
    shown = room.client.get(form).content.decode()
    bounds = ("136.5–143.5 (group’s)", "3.15–5.45 (group’s)", "131.5")
    assert [words in shown for words in bounds] == [True, True, False]
    assert "group Main, confirmed" in shown


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_costs_the_same_for_one_range_and_for_thirty(room, rows, django_assert_num_queries):
    bounds = {"low": 1, "high": 2, "unit": "mmol/L", "source": "A study", "sex": "any", "analyte": "phosphate"}
    GroupRange.objects.bulk_create(
        GroupRange(group=room.group, age_from=n, age_to=n + 1, confirmed_by=room.coordinator, **bounds)
        for n in range(rows)
    )
    room.client.get(room.page)
    with django_assert_num_queries(11):
        room.client.get(room.page)
    with django_assert_num_queries(11):
        room.client.get(reverse("cases:ranges"))
