"""Ranges that a thematic group confirmed or set: which one holds for a sample, who may set it, and what never changes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.models import ThematicGroup
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.terminology import catalogue
from panels.cases import actions as cases
from panels.cases.ages import Birth, Moment, moment_of
from panels.cases.models import GroupRange, LabResult
from panels.cases.queries import (
    ALL_AGES,
    OwnRanges,
    ages_in_words,
    case_parts,
    in_force,
    overlapping,
    result_of,
    taken_over,
)
from panels.cases.states import RangeSource
from panels.queries import quotes
from tests.factories import GroupFactory, NetworkFactory, Story, UserFactory, give_role

PHOSPHATE = catalogue.analytes()["phosphate"]
DAY = dt.date(2026, 3, 1)
MAIN, SUB = ThematicGroup(pk=1, name="Calcium"), ThematicGroup(pk=2, name="Bone", parent_id=1)


def row(age_from=0, age_to=ALL_AGES, low="1", high="2", **more):
    given = {"group": MAIN, "analyte": "phosphate", "sex": "any", "unit": "mmol/L", "source": "A study", **more}
    bounds = {name: None if bound is None else Decimal(bound) for name, bound in (("low", low), ("high", high))}
    return GroupRange(age_from=age_from, age_to=age_to, **bounds, **given)


def chosen(rows, *, age, sex="female", taken=None, entered=DAY):
    """The one unconditional interval for a sample: its bounds and who confirmed it."""
    own = OwnRanges(tuple(rows), entered)
    analyte = own.over(PHOSPHATE, sex, moment_of(taken) if taken else None)
    usual = [one for one in catalogue.intervals_for(analyte, sex, (age, age)) if not one.condition]
    return [(one.low, one.high, bool(one.confirmed)) for one in usual]


def default(age, sex="female"):
    return chosen([], age=age, sex=sex)


SPANS = st.tuples(st.integers(0, 8000), st.integers(1, 8000)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(SPANS, st.sampled_from(["any", "female", "male"]), st.sampled_from([-31, -1, 0, 1, 31]), st.booleans())
def test_an_own_range_holds_from_its_first_age_up_to_its_last_and_the_default_everywhere_else(span, sex, step, at_end):
    own = [row(*span, low="7", high="8", sex=sex)]
    edge = max(span[at_end] + step, 0)
    for asked in ("female", "male"):
        inside = span[0] <= edge < span[1] and sex in {"any", asked}
        expected = [(Decimal(7), Decimal(8), True)] if inside else default(edge, asked)
        assert chosen(own, age=edge, sex=asked) == expected


@given(SPANS, SPANS, st.integers(0, 20_000))
def test_no_age_has_two_ranges_and_the_sub_group_stands_first(near, far, age):
    rows = [row(*far, low="3", high="4"), row(*near, low="5", high="6", group=SUB)]
    first = [Decimal(5)] if near[0] <= age < near[1] else [Decimal(3)] if far[0] <= age < far[1] else None
    found = chosen(rows, age=age)
    assert [low for low, _high, _own in found] == first if first else found == default(age)


@given(SPANS, st.integers(0, 15_000), st.integers(0, 400))
def test_an_age_that_is_known_roughly_gets_a_range_only_where_one_holds_at_all_of_them(span, youngest, more):
    analyte = OwnRanges((row(*span, low="7", high="8"),), DAY).over(PHOSPHATE, "male", None)
    found = catalogue.intervals_for(analyte, "male", (youngest, youngest + more))
    for one in (one for one in found if not one.condition):
        assert one.age_from <= youngest <= youngest + more < one.age_to
        meets = span[0] <= youngest + more and youngest < span[1]
        assert bool(one.confirmed) == (span[0] <= youngest and youngest + more < span[1]) or not meets


DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2020, 1, 6))


@given(st.lists(st.tuples(st.none() | DAYS, st.booleans()), max_size=6), DAYS)
def test_of_a_band_the_row_confirmed_last_that_reaches_the_day_counts(decisions, day):
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    rows = [
        row(
            low=None if ends else "1",
            high=None if ends else str(2 + n),
            since=since,
            confirmed_at=start + dt.timedelta(n),
        )
        for n, (since, ends) in enumerate(decisions)
    ]
    reaching = [one for one in rows if one.since is None or one.since <= day]
    expected = [] if not reaching or reaching[-1].is_end else [reaching[-1]]
    assert in_force(reversed(rows), day) == expected


@given(st.lists(st.tuples(st.none() | DAYS, st.booleans()), max_size=6), st.none() | DAYS)
def test_a_new_row_takes_the_place_of_every_row_that_held_on_a_day_of_its_own(decisions, since):
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    rows = [
        row(pk=n, low=None if ends else "1", high=None, since=of, confirmed_at=start + dt.timedelta(n))
        for n, (of, ends) in enumerate(decisions)
    ]
    new = row(pk=99, since=since, confirmed_at=start + dt.timedelta(99))
    days = [dt.date(2019, 12, 31) + dt.timedelta(n) for n in range(9)]
    held = {one.pk for day in days if since is None or day >= since for one in in_force(rows, day)}
    assert {one.pk for one in taken_over([*rows, row(1, 9, pk=50)], new)} == held
    assert all(in_force([*rows, new], day) == [new] for day in days if since is None or day >= since)


@pytest.mark.parametrize(
    ("taken", "entered", "low"),
    [
        ("2026-03-01", DAY, "5"),
        ("2026-02-28", DAY, None),
        ("March 2026", dt.date(2020, 1, 1), "5"),
        ("February 2026", DAY, None),
        ("", DAY, "5"),
        ("10 years", DAY, "5"),
        ("10 years", DAY - dt.timedelta(1), None),
    ],
)
def test_the_day_of_the_sample_counts_or_else_the_day_of_entry(taken, entered, low):
    (found, _high, own), *_ = chosen([row(low="5", high="6", since=DAY)], age=3700, taken=taken, entered=entered)
    assert (str(found) if own else None) == low


def test_the_laboratorys_own_range_stands_before_the_groups():
    own = OwnRanges((row(low="5", high="6"),), DAY)
    lab = LabResult(label="Phosphate", value=Decimal("2.3"), unit="mg/dL", low=Decimal(1), high=Decimal(3))
    entry = Moment(DAY.toordinal(), DAY.toordinal(), is_age=False)
    theirs = result_of(lab, "female", Birth(1980), entry, own=own)
    assert (theirs.whose, theirs.range_text, theirs.whose_range) == (RangeSource.LABORATORY, "1–3", "laboratory’s own")
    lab.low = lab.high = None
    groups = result_of(lab, "female", Birth(1980), entry, own=own)
    assert (groups.whose, groups.range_text, groups.flag) == (RangeSource.GROUP, "15.49–18.58", "low")
    assert groups.whose_range.startswith("group Calcium, confirmed 20")


def test_a_range_under_a_condition_takes_the_place_of_the_default_of_that_condition_alone():
    cortisol = catalogue.analytes()["cortisol"]
    first = next(one for one in cortisol.intervals if one.condition and one.sex == "any")
    mine = row(first.age_from, first.age_to, analyte="cortisol", unit="nmol/L", condition=first.condition.upper())
    over = OwnRanges((mine,), DAY).over(cortisol, "female", None)
    same = [one for one in over.intervals if one.condition.casefold() == first.condition.casefold()]
    assert [bool(one.confirmed) for one in same if one.age_from < first.age_to and first.age_from < one.age_to] == [
        True
    ]
    rest = {(one.condition, one.low) for one in over.intervals} - {(one.condition, one.low) for one in same}
    others = [one for one in cortisol.intervals if one.sex in {"any", "female"} and one.condition != first.condition]
    assert rest == {(one.condition, one.low) for one in others}
    assert replace(over, intervals=()) == replace(cortisol, intervals=())


@pytest.mark.parametrize(
    ("new", "meets"),
    [
        (row(365, 730), True),
        (row(0, 366), True),
        (row(0, 365), False),
        (row(3650, ALL_AGES), False),
        (row(365, 3650), False),  # the same band is replaced
        (row(400, 500, sex="male"), True),
        (row(400, 500, condition="morning"), False),
        (row(400, 500, since=dt.date(2026, 5, 31)), True),
        (row(400, 500, since=dt.date(2026, 6, 1)), False),  # ended by then
    ],
)
def test_ages_that_meet_another_band_of_the_same_days_are_found(new, meets):
    first = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    ended = {"low": None, "high": None, "since": dt.date(2026, 6, 1), "confirmed_at": first + dt.timedelta(1)}
    rows = [row(365, 3650, confirmed_at=first), row(365, 3650, **ended)]
    assert (overlapping(rows, new) is rows[0]) == meets


@pytest.mark.parametrize(
    ("span", "words"),
    [
        ((0, ALL_AGES), "all ages"),
        ((6574, ALL_AGES), "from 18 years"),
        ((365, 2191), "1 year to under 6 years"),
        ((0, 28), "under 28 days"),
        ((91, 182), "3 months to under 6 months"),
    ],
)
def test_ages_are_said_in_the_largest_unit_that_is_exact(span, words):
    assert ages_in_words(*span) == words


def saved(story, by, **more):
    return cases.set_range(row(group=story.group, **more), by=by)


def coordinator_of(group):
    person = UserFactory(role="none")
    give_role(person, Role.GROUP_COORDINATOR, group=group)
    return person


@pytest.mark.django_db
def test_a_case_shows_its_groups_range_at_once_with_name_and_source_and_asks_once(django_assert_num_queries):
    story = Story()
    story.open()
    LabResult.objects.filter(case=story.case).delete()
    for _ in range(30):
        LabResult.objects.create(
            case=story.case, key=story.case.key, label="Phosphate", value=Decimal("1.9"), unit="mmol/L"
        )
    before = case_parts(story.fresh().case).results.rows[0]
    assert (before.whose, before.whose_range) == (RangeSource.DEFAULT, "default")
    saved(story, coordinator_of(story.group), low="1.95", high="2.5", source="A study of the group")
    case = story.fresh().case
    with django_assert_num_queries(10):
        results = case_parts(case).results
    today = clock.now().date()
    assert {(one.whose, one.whose_range, str(one.flag)) for one in results.rows} == {
        (RangeSource.GROUP, f"group {story.group.name}, confirmed {today}", "low")
    }
    assert [one.source for one in results.intervals] == ["A study of the group"]
    assert f"(range 1.95–2.5, group {story.group.name}, confirmed {today}, low)" in quotes(case)[0]


@pytest.mark.django_db
def test_only_coordinators_of_the_group_and_those_who_serve_its_network_set_its_ranges():
    story = Story()
    elsewhere = GroupFactory(network=NetworkFactory(code="BOND", name="ERN BOND"), number=1, name="Bone")
    allowed = {"group": coordinator_of(story.group)}
    for name, role in (("network", Role.NETWORK_COORDINATOR), ("helpdesk", Role.HELPDESK_ADULT)):
        allowed[name] = UserFactory(role="none")
        give_role(allowed[name], role, network=story.group.network)
    for place, person in enumerate(allowed.values()):
        saved(story, person, age_from=place * 10, age_to=place * 10 + 9)
    for stranger in (story.lead, coordinator_of(elsewhere), UserFactory()):
        with pytest.raises(Refused):
            saved(story, stranger, age_from=500, age_to=600)
    assert GroupRange.objects.count() == 3
    assert AuditEvent.objects.filter(event="range_set", detail__kind="phosphate").count() == 3


@pytest.mark.django_db
def test_nothing_is_overwritten_a_range_is_replaced_or_ended_by_a_further_row():
    story = Story()
    by = coordinator_of(story.group)
    first = saved(story, by)
    with pytest.raises(Refused):
        saved(story, by, age_from=5, age_to=9)
    second = saved(story, by, high="3", since=DAY)
    with pytest.raises(Refused):
        cases.end_range(first, since=None, by=story.lead)
    end = cases.end_range(first, since=dt.date(2026, 9, 1), by=by)
    rows = list(GroupRange.objects.all())
    days = [dt.date(2026, 2, 1), DAY, dt.date(2026, 9, 1)]
    assert [in_force(rows, day) for day in days] == [[first], [second], []]
    with pytest.raises(Refused):
        cases.end_range(first, since=dt.date(2026, 9, 1), by=by)
    for statement in (lambda: GroupRange.objects.update(high=9), lambda: GroupRange.objects.filter(pk=end.pk).delete()):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            statement()
