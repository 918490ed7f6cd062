"""A line of a case as a row of its form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator


def make_room(field: forms.CharField, length: int) -> None:
    """For a text of so many signs, where the field takes fewer."""
    if field.max_length is None or length <= field.max_length:
        return
    field.max_length = length
    others = (one for one in field.validators if not isinstance(one, MaxLengthValidator))
    field.validators = [*others, MaxLengthValidator(length)]
    field.widget.attrs.update(field.widget_attrs(field.widget))


class RowForm(forms.Form):
    """A line of the case. ``id`` ties it to what the form does not show; ``saved`` are the lines of the case by it, as text; ``genes``
    are those that are known.

    What a file brought in may be longer than people type, or say nothing where they are asked for something (a translocation has no
    gene): as long as it stays as it was, it holds up nothing.
    """

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    measured = ""
    """The parts of what is typed, marked ``data-measured``, of which the page asks at once."""

    def __init__(
        self,
        *args: Any,
        saved: Mapping[str, dict[str, Any]] | None = None,
        genes: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.genes = genes or {}
        self.before = (saved or {}).get(str(self["id"].value()), {})
        for name, said in self.before.items():
            field = self.fields.get(name)
            if isinstance(field, forms.CharField) and isinstance(said, str):
                field.required = field.required and bool(said)
                make_room(field, len(said))

    @property
    def known_code(self) -> str:
        """The code of what was measured, as long as it is called what it was."""
        return ""

    @property
    def asks(self) -> str:
        """A question beside the row; most parts have none."""
        return ""

    @classmethod
    def typed_names(cls) -> set[str]:
        """The fields that begin a new row: what its choices show unasked is nobody's entry."""
        return {name for name, field in cls.base_fields.items() if not isinstance(field, forms.ChoiceField)}

    def has_changed(self) -> bool:
        """A new row counts once something is typed into it."""
        began = not self.typed_names().isdisjoint(self.changed_data)
        return super().has_changed() and (bool(self.initial) or began or "DELETE" in self.changed_data)
