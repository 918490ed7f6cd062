"""The controls of a form, drawn at once: by templates, each went through three, and two hundred of them are one case's page.

A widget comes as Django describes it to a template: its name, value, attributes and choices. Whatever is put into the markup goes
through ``safe``; names of attributes are ours.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.template.defaultfilters import capfirst
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from cpms.ui import icon
from cpms.words import full_words

Widget = dict[str, Any]
INPUT, FIELD, EXACT, CHECKS, BUTTONS = "django/forms/widgets/input.html", "field", "exact select", "checks", "buttons"
"""Names of what is drawn here; only the first is a file of Django's too."""


def safe(value: Any) -> str:
    """The value as text in markup; what is markup already stays as it is."""
    return html.escape(value) if type(value) is str else conditional_escape(value)


def flat(attributes: Widget) -> str:
    """A widget's attributes as they stand in its tag, in the order of their names, those without a value behind the others."""
    given = sorted((name, value) for name, value in attributes.items() if value is not None and value is not False)
    told = [f' {name}="{safe(value)}"' for name, value in given if value is not True]
    return "".join([*told, *(f" {name}" for name, value in given if value is True)])


def an_input(widget: Widget) -> str:
    value = "" if widget["value"] is None else f' value="{safe(widget["value"])}"'
    return f'<input type="{safe(widget["type"])}" name="{safe(widget["name"])}"{value}{flat(widget["attrs"])}>'


def a_textarea(widget: Widget) -> str:
    words = safe(widget["value"] or "")
    return f'<textarea name="{safe(widget["name"])}"{flat(widget["attrs"])}>\n{words}</textarea>'


def options_of(widget: Widget, *, shown: Callable[[Any], Any]) -> Iterator[str]:
    for name, options, _index in widget["optgroups"]:
        rows = ((safe(str(one["value"])), flat(one["attrs"]), safe(shown(one["label"]))) for one in options)
        drawn = "".join([f'<option value="{value}"{attrs}>{label}</option>' for value, attrs, label in rows])
        yield f'<optgroup label="{safe(name)}">{drawn}</optgroup>' if name else drawn


def a_select(widget: Widget, *, shown: Callable[[Any], Any] = capfirst) -> str:
    options = "".join(options_of(widget, shown=shown))
    return f'<select name="{safe(widget["name"])}"{flat(widget["attrs"])}>{options}</select>'


def choices_of(widget: Widget) -> Iterator[tuple[str, str, Any]]:
    """Each choice of a group of boxes or buttons: its attributes but for the class, its id, its label."""
    for _group, options, _index in widget["optgroups"]:
        for one in options:
            said = f' type="{safe(one["type"])}" name="{safe(one["name"])}" value="{safe(str(one["value"]))}"'
            yield said + flat(one["attrs"]), safe(one["attrs"].get("id", "")), one["label"]


def checks(widget: Widget) -> str:
    lines = [
        f'<div class="form-check"><input class="form-check-input"{attrs}>'
        f'<label class="form-check-label" for="{key}">{safe(label)}</label></div>'
        for attrs, key, label in choices_of(widget)
    ]
    return f'<div class="checks">{"".join(lines)}</div>'


def buttons(widget: Widget) -> str:
    """Radio buttons as a row of choices."""
    lines = [
        f'<input class="btn-check"{attrs}><label class="btn btn-line" for="{key}">{safe(capfirst(label))}</label>'
        for attrs, key, label in choices_of(widget)
    ]
    return f'<div class="seg">{"".join(lines)}</div>'


DRAWN: dict[str, Callable[[Widget], str]] = {
    INPUT: an_input,
    "django/forms/widgets/textarea.html": a_textarea,
    "django/forms/widgets/select.html": a_select,
    EXACT: partial(a_select, shown=str),
    CHECKS: checks,
    BUTTONS: buttons,
}


def below(field: BoundField) -> SafeString:
    """What stands below a control: its errors, its help, its day in words."""
    parts = []
    if errors := field.form.errors.get(field.name):
        bad = icon("exclamation-circle-fill")
        rows = "".join(f'<p class="field-error">{bad}<span>{safe(error)}</span></p>' for error in errors)
        parts.append(f'<div id="{safe(field.auto_id)}_error">{rows}</div>')
    if field.help_text:
        parts.append(f'<p class="form-text" id="{safe(field.auto_id)}_helptext">{safe(field.help_text)}</p>')
    if getattr(field.field.widget, "in_words", False):
        words = safe(full_words(field.value()))
        parts.append(f'<p class="form-text num" data-day-words-for="{safe(field.id_for_label)}">{words}</p>')
    return SafeString("".join(parts))


def group(field: BoundField) -> SafeString:
    """A field as every form of ours shows it: label, control, what stands below."""
    free = not field.field.required and not getattr(field.field, "or_file", False)
    name = safe(field.label)
    label = f'{name} <span class="optional">(optional)</span>' if free else name
    control, under = str(field), below(field)
    if isinstance(field.field.widget, forms.CheckboxInput):
        tick = f'<label class="form-check-label" for="{safe(field.id_for_label)}">{name}</label>'
        drawn = f'<div class="form-check">{control}{tick}</div>{under}'
    elif field.use_fieldset:
        described = f' aria-describedby="{safe(field.aria_describedby)}"' if field.aria_describedby else ""
        legend = f'<legend class="form-label">{label}</legend>' if name else ""
        drawn = f"<fieldset{described}>{legend}{control}{under}</fieldset>"
    else:
        drawn = f'<label class="form-label" for="{safe(field.id_for_label)}">{label}</label>{control}{under}'
    bad = " field-bad" if field.name in field.form.errors else ""
    return SafeString(f'<div class="field{bad}">{drawn}</div>')
