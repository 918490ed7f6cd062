"""Template components. Loaded into every template; ``/ui/`` shows each in all its states.

A component takes plain values or a model's own words, reads no database, and never decides: a rule's ``Verdict`` comes in
from the view, and the component shows the button or says why not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timezone import localtime

from cpms import clock, countries, words
from cpms.words import Day, local_day

register = template.Library()
UNSAID = dict.fromkeys("icon name value key about refused reason".split(), "")
"""What a button may be told. A name that its template asks for in vain costs ten times one that is there."""
DUE = {"over": ("over", "exclamation-circle-fill"), "soon": ("soon", "clock-fill"), "later": ("later", "clock")}
DATED = '<span class="due due-{}">{}<time datetime="{}">{}</time></span>{}'
PERSON = """<div class="entry-head"><span class="person-name">{}</span>{}</div>
<p class="person-role">{}{}</p>"""


for filter_function in (
    words.day,
    words.long_day,
    words.document_day,
    words.when,
    words.hour,
    words.days_since,
    words.in_words,
    words.full_words,
    words.between,
    words.shortened,
    words.of,
    words.in_fours,
    words.breakable,
):
    register.filter(filter_function.__name__, filter_function)
register.simple_tag(words.filled)


def matches(item: Any, spec: str) -> bool:
    """``spec`` is an attribute that must be truthy (``contribution.marked_at``) or one of values (``flag=low,high``)."""
    path, _, wanted = spec.partition("=")
    value = item
    for name in path.split("."):
        value = getattr(value, name, None)
    return str(value) in wanted.split(",") if wanted else bool(value)


@register.filter
def having(items: Iterable[Any], spec: str) -> list[Any]:
    return [item for item in items if matches(item, spec)]


@register.filter
def lacking(items: Iterable[Any], spec: str) -> list[Any]:
    return [item for item in items if not matches(item, spec)]


@register.filter
def labelled(cells: Iterable[SafeString], headers: Iterable[Mapping[str, Any]]) -> list[SafeString]:
    """Table cells as the staff site writes them, each with its column's name for a narrow screen; a heading heads its row."""
    return [
        format_html('<th scope="row"{}', SafeString(cell[3:]))
        if cell.startswith("<th")
        else format_html(
            '<td data-label="{}"{}', "" if "<" in head["text"] else capfirst(head["text"]), SafeString(cell[3:])
        )
        for cell, head in zip(cells, headers, strict=True)
    ]


# Dates -----------------------------------------------------------------------------------------------------------------


@register.simple_tag
def due(moment: Day, *, date: bool = False) -> SafeString:
    """How urgent a date is, by word, icon and colour; with ``date=True`` the day stands below it."""
    on = local_day(moment)
    left = (on - clock.today()).days if on else 0
    tone, name = DUE["over" if left < 0 else "soon" if left <= 2 else "later"]
    return dated(on, tone, name, words.in_words(on), words.day(on) if date else "") if on else SafeString()


@register.simple_tag
def since(moment: Day) -> SafeString:
    """How long somebody has been waiting."""
    on = local_day(moment)
    many = words.days_since(on)
    told = ("since today", "") if many == "less than a day" else (f"for {many}", f"since {words.day(on)}")
    return dated(on, "later", "clock", *told) if on else SafeString()


def dated(on: dt.date, tone: str, name: str, told: str, below: str) -> SafeString:
    small = format_html(" <small>{}</small>", below) if below else ""
    return format_html(DATED, tone, icon(name), on.isoformat(), told, small)


# Marks -----------------------------------------------------------------------------------------------------------------


@register.simple_tag
@lru_cache(maxsize=500)  # there are a few dozen, and a page shows a hundred of them
def icon(name: str, label: str = "", tone: str = "") -> SafeString:
    """A picture beside a word. Only an icon that stands alone takes a ``label``."""
    href = f"{static('vendor/bootstrap-icons/icons.svg')}#{name}"
    css = f"icon {tone}-ink" if tone else "icon"
    if label:
        return format_html('<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>', css, label, href)
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"></use></svg>', css, href)


@register.simple_tag
def tag(text: str, tone: str = "", icon_name: str = "") -> SafeString:
    """A state as word, icon and colour. Tones: ok, warn, bad, accent, line."""
    css = f"tag tag-{tone}" if tone else "tag"
    return format_html('<span class="{}">{}{}</span>', css, icon(icon_name) if icon_name else "", text)


FLAGS = {
    "low": ("flag", "arrow-down", "Low"),
    "high": ("flag", "arrow-up", "High"),
    "normal": ("flag flag-normal", "", "Normal"),
    "inside": ("flag flag-normal", "", "In range"),
    "untold": ("flag flag-normal", "", "Cannot be told"),
}


@register.simple_tag
def flag(value: str | None) -> SafeString:
    """Where a result lies: low, high, normal; anything else says that no range is known."""
    css, name, word = FLAGS.get(value or "", ("flag flag-normal", "", "No range"))
    return format_html('<span class="{}">{}{}</span>', css, icon(name) if name else "", word)


@register.inclusion_tag("components/saved.html")
def saved(moment: Day = None) -> dict[str, Any]:
    """The line that says what is saved. A script keeps it current; without one it shows the time of the page."""
    return {"moment": moment}


# People ----------------------------------------------------------------------------------------------------------------


@register.filter
def country(code: str | None) -> str:
    return countries.name(code) if code else ""


@register.filter
def whereabouts(user: Any) -> str:
    """Hospital, city and country of a person, as printed beside everything they say."""
    code = user.centre.country if user.centre else user.country
    return ", ".join(part for part in (user.place, country(code)) if part)


@register.simple_tag
def avatar(user: Any, *, guest: bool = False, me: bool = False) -> SafeString:
    css = f"avatar{' avatar-guest' if guest else ''}{' avatar-me' if me else ''}"
    return format_html('<span class="{}" aria-hidden="true">{}</span>', css, user.initials)


@register.simple_tag
def person(
    user: Any,
    *,
    guest_until: Day = None,
    lead: bool = False,
    you: bool = False,
    at: Any = None,
    on_behalf_of: Any = None,
) -> SafeString:
    """Name, job, hospital and country; with ``guest_until`` the day access ends. At once: three hundred come to a meeting."""
    marks = [tag("Lead", "accent")] if lead else []
    if on_behalf_of:
        marks.append(tag(f"for {on_behalf_of.display_name}", "line", "person-badge"))
    if guest_until:
        marks.append(tag(f"Guest until {words.day(guest_until)}", "line", "person-badge"))
    if user.is_away:
        marks.append(tag(f"Away until {words.day(user.away_until)}", "warn", "clock"))
    if you:
        marks.append(SafeString('<span class="small ink-2">you</span>'))
    if at:
        marks.append(format_html('<time datetime="{}">{}</time>', localtime(at).isoformat(), words.when(at)))
    job = format_html('{}<span class="sep"></span>', user.job_title) if user.job_title else ""
    return format_html(PERSON, user.display_name, SafeString("".join(marks)), job, whereabouts(user))


@register.inclusion_tag("components/refline.html")
def refline(panel: Any) -> dict[str, Any]:
    """Number, urgency and group of a panel."""
    return {"panel": panel}


# Boxes -----------------------------------------------------------------------------------------------------------------


@register.simple_block_tag
def sheet(
    content: SafeString, title: str = "", note: str = "", name: str = "", level: int = 2, *, pad: bool = True
) -> str:
    """The only box. ``pad=False`` when the content brings its own parts or rows."""
    return render_to_string(
        "components/sheet.html",
        {"content": content, "title": title, "note": note, "name": name, "level": level, "pad": pad},
    )


@register.simple_block_tag
def notice(content: SafeString, tone: str = "", icon_name: str = "", role: str = "") -> str:
    """A message that stays on the page. Tones: ok, warn, bad."""
    icons = {"ok": "check-circle-fill", "warn": "exclamation-triangle-fill", "bad": "exclamation-circle-fill"}
    return render_to_string(
        "components/notice.html",
        {"content": content, "tone": tone, "role": role, "icon_name": icon_name or icons.get(tone, "info-circle-fill")},
    )


@register.simple_block_tag
def empty_state(content: SafeString, title: str = "", level: int = 2) -> str:
    """An empty list: what will come here, and what to do now."""
    return render_to_string("components/empty.html", {"content": content, "title": title, "level": level})


@register.simple_tag
def question(text: str) -> SafeString:
    return format_html('<p class="question as-written">{}</p>', text)


@register.inclusion_tag("components/facts.html")
def facts(items: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Label and value pairs; a pair without a value is left out."""
    pairs = items.items() if isinstance(items, Mapping) else items
    return {"pairs": [(label, value) for label, value in pairs if value not in (None, "")]}


@register.inclusion_tag("components/chips.html")
def chips(items: Iterable[Any], *, absent: bool = False) -> dict[str, Any]:
    return {"items": items, "absent": absent}


@register.inclusion_tag("components/steps.html")
def steps(words_in_order: str, current: str, label: str) -> dict[str, Any]:
    """The way of a thing through its states, in their order and separated by blanks; ``current`` is one of them."""
    row = words_in_order.split()
    at = row.index(current) if current in row else -1
    return {"rows": [(word, n < at, n == at) for n, word in enumerate(row)], "label": label}


@register.inclusion_tag("components/clocks.html")
def clocks(items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Clocks of a panel: ``label``, ``value`` and perhaps ``tone``, ``icon``, ``wide``, ``minor`` (hidden on phones)."""
    return {"items": items}


@register.inclusion_tag("components/progress.html")
def progress(value: int, maximum: int, label: str) -> dict[str, Any]:
    return {"value": value, "maximum": maximum, "label": label}


# Buttons that write ----------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/post_button.html")
def post_button(label: str, url: str, **options: Any) -> dict[str, Any]:
    """A form with one button. ``icon``, ``css``, ``name``, ``value``, ``key`` (the ``idempotency`` field), ``about`` (read out, not shown)."""
    return {**UNSAID, "css": "btn-line", "label": label, "url": url, **options}


@register.inclusion_tag("components/post_button.html")
def action_button(verdict: Any, label: str, url: str, **options: Any) -> dict[str, Any]:
    """The same, disabled with the reason in words below it when the ``Verdict`` is a no."""
    reason = "" if verdict else getattr(verdict, "reason", "")
    said = {"label": label, "url": url, "css": "btn-line", "refused": not verdict, "reason": reason}
    return {**UNSAID, **said, **options}


# Forms -----------------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/forms/summary.html")
def error_summary(*forms: Any) -> dict[str, Any]:
    """What is wrong, on top, with links to the fields. The page's script moves the focus here."""
    given = [form for form in forms if form is not None and form.is_bound]
    fields = [field for form in given for field in form if field.errors]
    return {"fields": fields, "general": [error for form in given for error in form.non_field_errors()]}
