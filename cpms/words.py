"""Dates as people say them: Mon 12 Oct, in 4 days. Always in the signed-in person's zone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from cpms import clock

Day = dt.date | dt.datetime | None


def local_day(moment: Day) -> dt.date | None:
    """The calendar day of ``moment`` where the reader is; a plain date is taken as it stands."""
    if isinstance(moment, dt.datetime):
        return timezone.localtime(moment).date()
    return moment


@lru_cache(maxsize=4_000)
def written(on: dt.date, pattern: str, _language: str | None) -> str:
    """The day as the pattern says, in the language that is on: lists show the same few days on every row."""
    return date_format(on, pattern)


def day(moment: Day) -> str:
    """Mon 12 Oct, with the year when it is not this year's."""
    on = local_day(moment)
    if on is None:
        return ""
    return written(on, "D j M" if on.year == clock.today().year else "D j M Y", get_language())


def long_day(moment: Day) -> str:
    """Monday 12 October 2026."""
    on = local_day(moment)
    return written(on, "l j F Y", get_language()) if on else ""


def document_day(moment: Day) -> str:
    """12 October 2026, as printed in a document; in another language as is usual there."""
    on = local_day(moment)
    return date_format(on, "j F Y" if str(get_language()).startswith("en") else "DATE_FORMAT") if on else ""


def when(moment: dt.datetime | None) -> str:
    """Today, 09:12; yesterday, 22:41; or 4 Oct, 11:20 (with the year when it is not this year's)."""
    if moment is None:
        return ""
    local, today = timezone.localtime(moment), clock.today()
    if local.date() == today:
        return f"Today, {local:%H:%M}"
    if local.date() == today - dt.timedelta(days=1):
        return f"Yesterday, {local:%H:%M}"
    return f"{written(local.date(), 'j M' if local.year == today.year else 'j M Y', get_language())}, {local:%H:%M}"


def hour(moment: dt.datetime | None) -> str:
    """14:02."""
    return date_format(timezone.localtime(moment), "H:i") if moment else ""


def days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def days_since(moment: Day) -> str:
    """``5 days``, counted in calendar days; ``less than a day`` on the same day."""
    on = local_day(moment)
    passed = (clock.today() - on).days if on else 0
    return days(passed) if passed > 0 else "less than a day"


def shortened(text: str, most: int) -> str:
    """A long text in few signs, ended behind a word."""
    words = " ".join(text.split())
    if len(words) <= most:
        return words
    head = words[:most].rpartition(" ")[0] or words[: most - 1]
    return head.rstrip(" ,;:.–-") + "…"


def in_words(moment: Day) -> str:
    """overdue 1 day, today, tomorrow, in 3 days."""
    on = local_day(moment)
    if on is None:
        return ""
    left = (on - clock.today()).days
    if left < 0:
        return f"overdue {days(-left)}"
    return {0: "today", 1: "tomorrow"}.get(left, f"in {days(left)}")


def full_words(value: Any) -> str:
    """What stands in a date control, in words: Friday 16 October 2026, in 8 days. Nothing for what is not a date."""
    try:
        moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return ""
    if not isinstance(moment, dt.date):
        return ""
    time = (
        f", {date_format(moment, 'H:i')}" if isinstance(moment, dt.datetime) and (moment.hour or moment.minute) else ""
    )
    on = moment.date() if isinstance(moment, dt.datetime) else moment
    left = in_words(on)
    return f"{long_day(on)}{time}" + ("" if left.startswith("overdue") else f", {left}")


def between(start: dt.datetime, end: dt.datetime) -> str:
    """How long it took: 40 minutes, 19 hours, 3 days; rounded down."""
    seconds = max(int((end - start).total_seconds()), 0)
    for length, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if count := seconds // length:
            return f"{count} {word}" if count == 1 else f"{count} {word}s"
    return "less than a minute"


def of(words: Mapping[str, str], key: str) -> str:
    """The word for a key; a key without one is shown as it is, never hidden."""
    return words.get(key, key)


def filled(sentence: str, **values: Any) -> SafeString:
    """A sentence of ours with its places filled, every value escaped."""
    return format_html(sentence, **values)


def in_fours(text: str) -> str:
    """A fingerprint in groups of four signs, so that people can compare it."""
    return " ".join(text[n : n + 4] for n in range(0, len(text), 4))


def breakable(address: str) -> SafeString:
    """An e-mail address that a narrow page breaks behind "@" or a dot only."""
    parts = ((part,) for part in re.split(r"(?<=[@.])", address or ""))
    return format_html('<span class="email">{}</span>', format_html_join(SafeString("<wbr>"), "{}", parts))
