"""A form as somebody hands it in: sound JSON first, then the strict subset of a Questionnaire."""

from __future__ import annotations

from panels.cases.importers.read_case import ImportRefused
from panels.cases.importers.strict_json import parse
from panels.cases.questionnaire import NotAForm, Questionnaire, of_tree


def read(data: bytes) -> Questionnaire:
    """Raises ``ImportRefused`` with the place and what is wrong there."""
    try:
        return of_tree(parse(data))
    except NotAForm as refusal:
        raise ImportRefused(str(refusal)) from refusal
