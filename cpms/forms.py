"""How every form is drawn, and the fields that read numbers and dates without guessing.

A form needs no markup of its own: ``{{ form }}`` or ``{{ form.name.as_field_group }}`` gives label, control, error and help,
tied together for screen readers. What a person typed is always shown again.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms, template
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIterator
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cpms import clock
from cpms.controls import BUTTONS, CHECKS, DRAWN, EXACT, FIELD, INPUT, below, flat, group, safe

register = template.Library()
register.filter("below", below)
CLASSES = {
    "django/forms/widgets/select.html": "form-select",
    EXACT: "form-select",
    "django/forms/widgets/checkbox.html": "form-check-input",
    **{
        f"django/forms/widgets/{kind}.html": "form-control"
        for kind in (
            "text",
            "textarea",
            "email",
            "url",
            "tel",
            "search",
            "number",
            "password",
            "file",
            "input",
            "date",
            "time",
        )
    },
    "django/forms/widgets/datetime.html": "form-control",
    "django/forms/widgets/clearable_file_input.html": "form-control",
}
PLAIN = "text hidden email url tel search number password date time datetime checkbox".split()
OWN_TEMPLATES = {
    **{f"django/forms/widgets/{kind}.html": INPUT for kind in PLAIN},  # each of them only includes it
    "django/forms/widgets/radio.html": BUTTONS,
    "django/forms/widgets/checkbox_select.html": CHECKS,
}


def dress(widget: dict[str, Any]) -> None:
    """Give a widget, and the widgets inside it, the class of our controls. A class of its own is kept beside it."""
    ours = CLASSES.get(widget.get("template_name", ""))
    given = widget["attrs"].get("class", "")
    if ours and ours not in given.split():
        widget["attrs"]["class"] = f"{ours} {given}".strip()
    for inner in widget.get("subwidgets", []):
        dress(inner)


class ClinicalRenderer(TemplatesSetting):
    """The project's ``FORM_RENDERER``: Bootstrap's classes, radio buttons as a row of choices, errors beside the field."""

    form_template_name = "components/forms/form.html"
    field_template_name = FIELD

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        if template_name == FIELD:
            return group(context["field"])
        widget = context.get("widget")
        if widget is not None:
            dress(widget)
            own = OWN_TEMPLATES.get(template_name, template_name)
            template_name = own if own == INPUT or not widget["attrs"].get("class") else template_name
        if template_name in DRAWN:
            return SafeString(DRAWN[template_name](context["widget"]))
        return super().render(template_name, context, request=request)


# Numbers ---------------------------------------------------------------------------------------------------------------

PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
SIGN = str.maketrans({"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-"})


def plain_number(text: str) -> Decimal:
    """The number in ``text``, where one point or one comma is the decimal mark.

    Nothing is guessed: ``1.234,5`` and ``1 234`` raise ``ValueError`` with code ``separators``, ``<5`` with ``operator``,
    ``.5`` with ``nought`` and everything else with ``invalid``.
    """
    number = text.strip().translate(SIGN)
    if PLAIN_NUMBER.fullmatch(number):
        return Decimal(number.replace(",", "."))
    if number[:1] in "<>≤≥":
        raise ValueError("operator")
    if re.fullmatch(r"[+-]?[.,]\d+", number):
        raise ValueError("nought")
    if re.fullmatch("[+-]?[0-9][0-9.,'\N{RIGHT SINGLE QUOTATION MARK}\\s]*", number):
        raise ValueError("separators")
    raise ValueError("invalid")


class ExactSelect(forms.Select):
    """Options shown to the letter: in a unit the case of a letter is its meaning (mg is not Mg)."""

    template_name = EXACT


class CodeInput(forms.TextInput):
    """Digits that were refused are over by then, and the next ones come into an empty field; a recovery code stands there to be
    corrected."""

    def format_value(self, value: Any) -> str | None:
        return None if "".join(str(value or "").split()).isdecimal() else super().format_value(value)


class ListSelect(forms.Select):
    """A long list of plain choices written at once: Django draws each of them by two templates, which costs more than the
    search."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = set(self.format_value(value))
        shown = ((str(key), label) for key, label in self.choices)
        options = [
            f'<option value="{safe(key)}"{" selected" if key in chosen else ""}>{safe(label)}</option>'
            for key, label in shown
        ]
        given = self.build_attrs(self.attrs, {**(attrs or {}), "name": name, "class": "form-select"})
        return SafeString(f"<select{flat(given)}>{''.join(options)}</select>")


class RowsAtOnce(ModelChoiceIterator):
    """Choices read by one query. Django's own opens a cursor on the server, fetches from it and closes it: three ways to the
    database for a list that is drawn whole."""

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        yield from map(self.choice, self.queryset.all())


class GroupsAtOnce(RowsAtOnce):
    """Where groups of several networks are offered, each is called with its network: every network has a group 1."""

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        rows = list(self.queryset.all())
        several = len({row.network_id for row in rows}) > 1
        for row in rows:
            value, label = self.choice(row)
            yield value, f"{row.network.name} · {label}" if several else label


class WordsField(forms.CharField):
    """One line of free text: what in it could name a person is marked beside it while it is typed, as in every text area."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "data-words": True}


class DecimalInput(forms.TextInput):
    """A text control: a number control would read the decimal mark by the browser's language."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})


class ClinicalDecimalField(forms.DecimalField):
    """A measured value. Reads 2,86 and 2.86 alike, and asks back instead of dropping a separator or a digit: the columns of values
    hold 15 before the decimal mark and 9 behind it."""

    widget = DecimalInput
    default_error_messages = {
        "invalid": _("Enter a number, for example 2.86."),
        "separators": _("Use one decimal mark and nothing between thousands, for example 1234.5."),
        "operator": _("Enter the number alone, without < or >."),
        "nought": _("Write a nought before the decimal mark, for example 0.5."),
        "max_digits": _("Enter at most %(max)s digits."),
        "max_whole_digits": _("Enter at most %(max)s digits before the decimal mark."),
        "max_decimal_places": _("Enter at most %(max)s digits behind the decimal mark."),
    }

    def __init__(self, *, max_digits: int = 24, decimal_places: int = 9, **options: Any) -> None:
        super().__init__(max_digits=max_digits, decimal_places=decimal_places, **options)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if value in self.empty_values:
            return None
        if isinstance(value, int | Decimal):
            return super().to_python(value)
        try:
            return super().to_python(plain_number(str(value)))
        except ValueError as error:
            code = str(error)
            raise ValidationError(self.error_messages[code], code=code) from error


class ResultField(ClinicalDecimalField):
    """A measured value, or a result in words as ``str``: "not detected". What holds a digit or begins with a sign is read as a value."""

    default_error_messages = {"invalid": _("Enter a number, for example 2.86, or words without a digit.")}
    longest = 300

    def to_python(self, value: Any) -> Any:
        text = value.strip() if isinstance(value, str) else ""
        if not text or not text[0].isalpha() or any(map(str.isdigit, text)):
            return super().to_python(value)
        if len(text) > self.longest:
            raise ValidationError(_("Enter at most %(max)s signs.") % {"max": self.longest})
        return text

    def validate(self, value: Any) -> None:
        if not isinstance(value, str):
            super().validate(value)

    def run_validators(self, value: Any) -> None:
        if not isinstance(value, str):
            super().run_validators(value)


# Dates -----------------------------------------------------------------------------------------------------------------


class DayInput(forms.DateInput):
    """The browser's own date control. Its format is the browser's, so the field repeats the date in words below."""

    input_type = "date"
    in_words = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """What is not a date is shown again as text; a date control would show nothing."""
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        if shown and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", shown):
            context["widget"]["type"] = "text"
        return context


FIRST_DAY, LAST_DAY = "first", "last"


class DayField(forms.DateField):
    """A calendar day; with ``not_before_today`` one that still lies ahead. The ``LAST_DAY`` of a right also lies ahead by UTC, by
    which rights end; its ``FIRST_DAY`` by UTC only: what begins on that day holds at once, also where tomorrow has come.
    """

    widget = DayInput
    default_error_messages = {
        "invalid": _("Enter a date as day, month and year, for example 16/10/2026."),
        "past": _("Choose today or a later day."),
        "over": _("Choose a later day: rights end with the day in UTC, where this one is over."),
    }

    def __init__(self, *, not_before_today: bool = False, of_a_right: str = "", **options: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"], **options)
        self.not_before_today = not_before_today or of_a_right == LAST_DAY
        self.of_a_right = {"": "", FIRST_DAY: "past", LAST_DAY: "over"}[of_a_right]

    def validate(self, value: dt.date | None) -> None:
        super().validate(value)
        if value and self.not_before_today and value < clock.today():
            raise ValidationError(self.error_messages["past"], code="past")
        if value and self.of_a_right and value < clock.rights_day():
            raise ValidationError(self.error_messages[self.of_a_right], code=self.of_a_right)


class MomentInput(forms.DateTimeInput):
    """Day and time in one control, in the signed-in person's zone."""

    input_type = "datetime-local"
    in_words = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class MomentField(forms.DateTimeField):
    widget = MomentInput
    default_error_messages = {"invalid": _("Enter a day and a time.")}
