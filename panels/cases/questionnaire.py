"""A form as a file: a strict subset of a FHIR R4 Questionnaire. What the subset does not know is refused, never ignored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

LOINC, OWN_ANALYTES = "http://loinc.org", "urn:cpms:analyte"
UNIT_OPTION = "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption"
UCUM = "http://unitsofmeasure.org"
GROUP, DISPLAY, BOOLEAN, QUANTITY = "group", "display", "boolean", "quantity"
CHOICES = frozenset({"choice", "open-choice"})
KINDS = frozenset({GROUP, DISPLAY, BOOLEAN, QUANTITY, "string", "text", "date", "integer", "decimal"}) | CHOICES
HEAD = frozenset({"resourceType", "name", "title", "version", "status", "subjectType", "item"})
KEYS = frozenset(
    "linkId text type required repeats maxLength enableWhen answerOption code extension item".split()
)  # of an item
LINK = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
MOST_ITEMS, DEEPEST, LONGEST_ANSWER = 200, 3, 20_000


class NotAForm(Exception):
    """What a form does not know, in a sentence that names the place."""


@dataclass(frozen=True)
class Item:
    """A question, a line of text, or a group of them. ``when`` is the question and the answer that it depends on."""

    link: str
    text: str
    kind: str
    required: bool = False
    repeats: bool = False
    longest: int = 0
    options: tuple[tuple[str, str], ...] = ()
    units: tuple[str, ...] = ()
    code: str = ""
    when: tuple[str, str] | None = None
    items: tuple[Item, ...] = ()

    @property
    def is_lab(self) -> bool:
        return self.kind == QUANTITY and bool(self.code)

    def questions(self) -> Iterator[Item]:
        """Itself and everything below that can be answered."""
        if self.kind not in {GROUP, DISPLAY}:
            yield self
        for item in self.items:
            yield from item.questions()


@dataclass(frozen=True)
class Questionnaire:
    name: str
    title: str
    items: tuple[Item, ...]

    def questions(self) -> list[Item]:
        return [question for item in self.items for question in item.questions()]


def of_tree(tree: Any) -> Questionnaire:
    """Raises ``NotAForm`` with the place and what is wrong there."""
    if not isinstance(tree, dict) or tree.get("resourceType") != "Questionnaire":
        raise NotAForm("This is no FHIR Questionnaire: “resourceType” must say so.")
    if unknown := set(tree) - HEAD:
        raise NotAForm(f"Not known in a form: {', '.join(sorted(map(str, unknown)))}.")
    form = Questionnaire(
        name=text_of(tree, "name", "the form"),
        title=text_of(tree, "title", "the form"),
        items=tuple(item_of(one, 1) for one in list_of(tree, "item", "the form")),
    )
    check_whole(form)
    return form


def text_of(tree: dict[str, Any], key: str, place: str) -> str:
    value = tree.get(key)
    if not isinstance(value, str) or not value.strip() or len(value) > 400:
        raise NotAForm(f"{place}: “{key}” must be a text of up to 400 characters.")
    return value.strip()


def list_of(tree: dict[str, Any], key: str, place: str) -> list[Any]:
    value = tree.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise NotAForm(f"{place}: “{key}” must be a list.")
    return value


def item_of(tree: dict[str, Any], depth: int) -> Item:
    link = tree.get("linkId")
    if not isinstance(link, str) or not LINK.fullmatch(link):
        raise NotAForm("Each “linkId” is made of small letters, digits and hyphens.")
    if unknown := set(tree) - KEYS:
        raise NotAForm(f"{link}: not known in a form: {', '.join(sorted(map(str, unknown)))}.")
    kind = tree.get("type")
    if kind not in KINDS or (kind == GROUP and depth > DEEPEST):
        raise NotAForm(f"{link}: a question of this type, or a group this deep, is not known in a form.")
    inner = list_of(tree, "item", link)
    if inner and kind != GROUP:
        raise NotAForm(f"{link}: only a group holds other questions.")
    if tree.get("repeats") and kind != "choice":
        raise NotAForm(f"{link}: only a choice can have several answers.")
    item = Item(
        link=link,
        text=text_of(tree, "text", link),
        kind=kind,
        required=flag_of(tree, "required", link),
        repeats=flag_of(tree, "repeats", link),
        longest=length_of(tree, link),
        options=options_of(tree, link, kind),
        units=tuple(one["valueCoding"]["code"] for one in list_of(tree, "extension", link) if is_unit(one, link)),
        code=code_of(tree, link),
        when=when_of(tree, link),
        items=tuple(item_of(one, depth + 1) for one in inner),
    )
    if item.when and any(question.required for question in item.questions()):
        raise NotAForm(f"{link}: what is not always asked cannot be required.")
    return item


def length_of(tree: dict[str, Any], link: str) -> int:
    """The most characters of an answer; 0 leaves it to the kind of question."""
    value = tree.get("maxLength", 0)
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value not in range(LONGEST_ANSWER + 1):
        raise NotAForm(f"{link}: “maxLength” is a number from 1 to {LONGEST_ANSWER}.")
    return int(value)


def flag_of(tree: dict[str, Any], key: str, link: str) -> bool:
    value = tree.get(key, False)
    if not isinstance(value, bool):
        raise NotAForm(f"{link}: “{key}” is true or false.")
    return value


def coding(tree: Any, link: str) -> dict[str, str]:
    if not isinstance(tree, dict) or not all(isinstance(value, str) for value in tree.values()) or not tree.get("code"):
        raise NotAForm(f"{link}: a coding needs a code.")
    return tree


def options_of(tree: dict[str, Any], link: str, kind: str) -> tuple[tuple[str, str], ...]:
    found = [coding(one.get("valueCoding"), link) for one in list_of(tree, "answerOption", link)]
    if bool(found) != (kind in CHOICES):
        raise NotAForm(f"{link}: a choice has answers to choose from, and nothing else has.")
    pairs = tuple((one["code"], one.get("display") or one["code"]) for one in found)
    if len({code for code, _ in pairs}) != len(pairs):
        raise NotAForm(f"{link}: an answer stands twice.")
    return pairs


def is_unit(tree: dict[str, Any], link: str) -> bool:
    if tree.get("url") != UNIT_OPTION:
        raise NotAForm(f"{link}: the only extension that a form knows is the choice of units.")
    coding(tree.get("valueCoding"), link)
    return True


def code_of(tree: dict[str, Any], link: str) -> str:
    """The code of a laboratory test, or of an analyte that has none."""
    for one in list_of(tree, "code", link):
        if coding(one, link).get("system") in {LOINC, OWN_ANALYTES}:
            return str(one["code"])
    return ""


def when_of(tree: dict[str, Any], link: str) -> tuple[str, str] | None:
    conditions = list_of(tree, "enableWhen", link)
    if not conditions:
        return None
    one = conditions[0]
    wanted = one.get("answerBoolean")
    if len(conditions) > 1 or one.get("operator") != "=" or not isinstance(one.get("question"), str):
        raise NotAForm(f"{link}: a question depends on one answer to one other question.")
    if isinstance(wanted, bool):
        return one["question"], "yes" if wanted else "no"
    return one["question"], coding(one.get("answerCoding"), link)["code"]


def check_whole(form: Questionnaire) -> None:
    """Names once, dependencies on an earlier question that can have that answer."""
    every = list(all_items(form.items))
    if not 0 < len(every) <= MOST_ITEMS:
        raise NotAForm(f"A form holds between one and {MOST_ITEMS} questions.")
    earlier: dict[str, Item] = {}
    for item in every:
        if item.link in earlier:
            raise NotAForm(f"{item.link}: this “linkId” stands twice.")
        if item.when:
            asked, wanted = item.when
            answers = (
                {"yes", "no"} if (on := earlier.get(asked)) and on.kind == BOOLEAN else dict(on.options if on else ())
            )
            if wanted not in answers:
                raise NotAForm(f"{item.link}: it depends on an answer that no earlier question offers.")
        earlier[item.link] = item


def all_items(items: tuple[Item, ...]) -> Iterator[Item]:
    for item in items:
        yield item
        yield from all_items(item.items)
