import datetime as dt

import pytest
from django.utils import timezone

from cpms import clock, words


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-12, "overdue 12 days"),
        (-1, "overdue 1 day"),
        (0, "today"),
        (1, "tomorrow"),
        (2, "in 2 days"),
        (40, "in 40 days"),
    ],
)
def test_a_due_day_is_said_in_words(days, said):
    assert words.in_words(clock.today() + dt.timedelta(days=days)) == said


def test_a_moment_belongs_to_the_day_of_the_reader():
    late = dt.datetime(2026, 10, 11, 22, 30, tzinfo=dt.UTC)
    with timezone.override("Europe/Helsinki"):
        assert words.local_day(late) == dt.date(2026, 10, 12)
    with timezone.override("UTC"):
        assert words.local_day(late) == dt.date(2026, 10, 11)


def test_a_day_of_another_year_says_the_year():
    assert words.day(dt.date(2019, 10, 14)) == "Mon 14 Oct 2019"
    assert words.day(None) == ""


def test_the_moment_of_a_message_is_said_from_today():
    now = timezone.localtime(clock.now()).replace(hour=9, minute=12)
    assert words.when(now) == "Today, 09:12"
    assert words.when(now - dt.timedelta(days=1)) == "Yesterday, 09:12"
    assert words.when(now.replace(year=2019, month=10, day=4)) == "4 Oct 2019, 09:12"
    assert words.when(None) == ""


def test_a_date_control_is_repeated_in_full():
    day = clock.today() + dt.timedelta(days=8)
    assert words.full_words(day.isoformat()) == f"{words.long_day(day)}, in 8 days"
    assert words.full_words("2019-10-14") == "Monday 14 October 2019"
    assert words.full_words("2019-10-14T16:05") == "Monday 14 October 2019, 16:05"
    assert words.full_words("soon") == ""
    assert words.full_words(None) == ""


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(30, "less than a minute"), (60, "1 minute"), (19 * 3600 + 59, "19 hours"), (3 * 86_400 + 7, "3 days")],
)
def test_a_span_is_said_in_its_largest_unit(seconds, said):
    start = clock.now()
    assert words.between(start, start + dt.timedelta(seconds=seconds)) == said
    assert words.between(start, start - dt.timedelta(days=1)) == "less than a minute"


def test_waiting_is_counted_in_calendar_days():
    assert words.days_since(clock.today() - dt.timedelta(days=1)) == "1 day"
    assert words.days_since(clock.now()) == "less than a day"


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("without adding to weight", 30, "without adding to weight"),
        ("without adding to weight", 20, "without adding to…"),
        ("without adding, to weight", 17, "without adding…"),
        ("Schwangerschaftshypertonie", 10, "Schwanger…"),
    ],
)
def test_a_long_text_ends_behind_a_word(text, most, shown):
    assert words.shortened(text, most) == shown
    assert len(shown) <= most


def test_nothing_is_said_of_no_date():
    said = (
        words.long_day(None),
        words.document_day(None),
        words.hour(None),
        words.in_words(None),
        words.days_since(None),
    )
    assert said == ("", "", "", "", "less than a day")
