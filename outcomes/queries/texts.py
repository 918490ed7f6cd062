"""The text of an outcome, as it stands and as it was sent."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db.models import Max, Prefetch

from cpms import clock
from cpms.ui import whereabouts
from outcomes.models import AdviceItem, Outcome, OutcomeSave, OutcomeVersion, SignOff
from outcomes.states import NOT_ADVICE, AdviceKind, OutcomeState, Strength
from panels.models import Contribution, Stance
from panels.states import StanceKind


@dataclass(frozen=True)
class Objection:
    """A dissent on one advice: who said so, from where, and their words. A spoken one names its person in the words."""

    who: str
    where: str
    text: str


@dataclass(frozen=True)
class Advice:
    """One advice as it is read: ``by`` and ``where`` name who gave it, empty when the panel decided it together."""

    number: int
    text: str
    kind: str
    strength: str
    owner: str
    due: dt.date | None
    by: str
    where: str
    agree: int
    dissents: list[Objection]

    @property
    def kind_label(self) -> str:
        return str(AdviceKind(self.kind).label) if self.kind else ""

    @property
    def strength_label(self) -> str:
        return str(Strength(self.strength).label) if self.strength else ""


@dataclass(frozen=True)
class Text:
    """Everything that members sign in one version."""

    panel: str
    version: int
    question: str
    conclusion: str
    plain: str
    advice: list[Advice]

    @property
    def dissents(self) -> list[tuple[int, Objection]]:
        """Each dissent with the number of the advice that it is about."""
        return [(advice.number, objection) for advice in self.advice for objection in advice.dissents]


@dataclass(frozen=True)
class Since:
    """A view of an advice's statement that was taken after the text was sent, and is not in it: ``number`` is the advice's, ``path``
    leads to the statement."""

    number: int
    kind: str
    who: str
    where: str
    text: str
    at: dt.datetime
    path: str


def outcome_of(panel: Any) -> Outcome:
    """The outcome with its advice fetched. Raises ``Outcome.DoesNotExist``."""
    stances = Prefetch("items__contribution__stances", Stance.objects.select_related("who__centre", "key"))
    around = ("items__key", "items__contribution__author__centre", stances)
    return Outcome.objects.select_related("panel__key").prefetch_related(*around).get(panel=panel)


def text_of(outcome: Outcome) -> Text:
    """The text as it stands now; ``outcome`` as ``outcome_of`` fetched it."""
    panel = outcome.panel
    advice = [advice_of(item, number) for number, item in enumerate(outcome.items.all(), start=1)]
    return Text(panel.ref, outcome.number, panel.question, outcome.conclusion, outcome.plain, advice)


def advice_of(item: AdviceItem, number: int) -> Advice:
    said = item.contribution
    stances = list(said.stances.all()) if said else []
    dissents = [
        Objection(s.who.display_name, whereabouts(s.who), s.text) for s in stances if s.kind == StanceKind.DISSENT
    ]
    if item.dissent.strip():
        dissents.append(Objection("", "", item.dissent))
    return Advice(
        number=number,
        text=item.text,
        kind=item.kind,
        strength=item.strength,
        owner=item.owner,
        due=item.due_on,
        by=said.author.display_name if said else "",
        where=whereabouts(said.author) if said else "",
        agree=sum(stance.kind == StanceKind.AGREE for stance in stances),
        dissents=dissents,
    )


def text_shown(outcome: Outcome, sent: OutcomeVersion | None) -> Text:
    """What is read: the draft as it stands; of what was sent, the version as it was sent and is signed."""
    return text_of(outcome) if sent is None or outcome.state == OutcomeState.DRAFT else text_from(sent.body)


def said_since(outcome: Outcome, text: Text) -> list[Since]:
    """Amendments since ``text`` was sent, dissents that it does not give, and who agrees by now but dissents in it; none of a draft.
    ``outcome`` as ``outcome_of`` fetched it."""
    if outcome.state == OutcomeState.DRAFT or outcome.sent_at is None:
        return []
    found, here = [], outcome.panel.get_absolute_url()
    for number, item in enumerate(outcome.items.all(), start=1):
        for stance in item.contribution.stances.all() if item.contribution else ():
            if not is_told(stance, number, text, late=stance.at > outcome.sent_at):
                who, path = stance.who, f"{here}#s-{stance.contribution_id}"
                told = (who.display_name, whereabouts(who), stance.text, stance.at)
                found.append(Since(number, stance.kind, *told, path))
    return sorted(found, key=lambda one: one.at)


def marked_advice(outcome: Outcome) -> list[Contribution]:
    """The panel's marked statements that are advice and do not stand in the outcome, in their order. Who takes one out of it takes its
    mark back, so each of them is still to come into it."""
    taken = {item.contribution_id for item in outcome.items.all()}
    marked = Contribution.objects.filter(panel=outcome.panel_id, marked_at__isnull=False).exclude(kind__in=NOT_ADVICE)
    return [one for one in marked.select_related("panel__key").order_by("at") if one.pk not in taken]


def marked_since(outcome: Outcome) -> list[dict[str, Any]]:
    """What was marked since the text was saved, as the rows of a form."""
    owner = str(outcome.panel.lead)
    return [{"id": str(one.pk), "text": one.text, "kind": one.kind, "owner": owner} for one in marked_advice(outcome)]


def body_of(text: Text) -> str:
    """The text as JSON, in one spelling."""
    return json.dumps(
        asdict(text), ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=dt.date.isoformat
    )


def text_from(body: str) -> Text:
    """The text that ``body_of`` wrote down; no word of it once the patient is erased."""
    if not body.startswith("{"):
        return Text("", 0, body, body, "", [])
    content = json.loads(body)
    for advice in content["advice"]:
        advice["due"] = dt.date.fromisoformat(advice["due"]) if advice["due"] else None
        advice["dissents"] = [Objection(**one) for one in advice["dissents"]]
    content["advice"] = [Advice(**advice) for advice in content["advice"]]
    return Text(**content)


def fingerprint(body: str) -> str:
    """SHA-256 of what the members signed, in hex: the same on every machine."""
    return hashlib.sha256(body.encode()).hexdigest()


def version_of(outcome: Outcome, number: int) -> OutcomeVersion:
    """What was sent as this version. What was sent before versions were kept is read from the outcome as it stands."""
    kept = OutcomeVersion.objects.filter(outcome=outcome, number=number).first()
    if kept is None:
        kept = OutcomeVersion(
            outcome=outcome, key=outcome.key, number=number, sent_at=outcome.sent_at or outcome.started_at
        )
        kept.body = body_of(text_of(outcome_of(outcome.panel)))
    return kept


def text_in_force(panel: Any) -> Text:
    """The last version that was sent."""
    outcome = Outcome.objects.select_related("panel__key").get(panel=panel)
    return text_from(version_of(outcome, outcome.number).body)


def versions_of(outcome: Outcome) -> list[OutcomeVersion]:
    """What was sent, newest first."""
    return list(outcome.versions.select_related("key", "sent_by"))


def is_told(stance: Stance, number: int, text: Text, *, late: bool) -> bool:
    """Whether the text of advice ``number`` tells this view already. What was said at the moment of sending is known by its words:
    it may have come ``late`` by the clock and be in the text, or in time and not be in it."""
    given = [objection for about, objection in text.dissents if about == number]
    theirs = [objection.text for objection in given if objection.who == stance.who.display_name]
    if stance.kind == StanceKind.AGREE:
        return not theirs
    if stance.kind == StanceKind.AMEND:
        return not late
    return stance.text in theirs or (not late and stance.text in [objection.text for objection in given])


def sent_for(version: OutcomeVersion | None, signers: Collection[str]) -> str:
    """Who sent the version on the lead's behalf, by name; empty where the lead did, who has signed it by that. ``signers`` are the
    keys of the people whose signatures stand under it."""
    if version is None or str(version.sent_by_id) in signers:
        return ""
    return str(version.sent_by.display_name)


MOST_SAVES = 20


def saves_of(outcome: Outcome) -> list[tuple[OutcomeSave, Text]]:
    """What was saved before the text that stands, newest first, the latest twenty: each with its text."""
    rows = outcome.saves.exclude(number=outcome.version).select_related("key", "by")
    return [(row, text_from(row.body)) for row in rows[:MOST_SAVES]]


def saves_before(version: OutcomeVersion) -> list[tuple[OutcomeSave, Text]]:
    """What was saved on the way to a version, newest first: since the one before it was sent, and but for the text that it holds
    itself. ``version`` is any that was sent."""
    outcome = version.outcome
    earlier = outcome.versions.filter(number__lt=version.number).aggregate(last=Max("sent_at"))["last"]
    rows = outcome.saves.filter(at__lte=version.sent_at).select_related("key", "by")
    rows = rows.filter(at__gt=earlier) if earlier else rows
    sent = replace(text_from(version.body), version=0)
    return [(row, text) for row in rows if (text := text_from(row.body)) != sent]


def awaited(outcome: Outcome) -> list[SignOff]:
    """Whose answer is still waited for: asked, silent so far, of the panel today, and the day has not passed."""
    if outcome.sign_by is None or outcome.sign_by <= clock.now():
        return []
    return list(outcome.signoffs.filter(number=outcome.number).waiting().select_related("who"))


def signatures(outcome: Outcome, number: int | None = None) -> list[SignOff]:
    """The signatures under a version, the current one when none is named."""
    asked = outcome.signoffs.filter(number=outcome.number if number is None else number)
    return list(asked.standing().select_related("who__centre", "key"))
