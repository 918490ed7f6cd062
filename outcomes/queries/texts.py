"""The text of an outcome, as it stands and as it was sent."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Prefetch

from cpms import clock
from cpms.ui import whereabouts
from outcomes.models import AdviceItem, Outcome, OutcomeVersion, SignOff
from outcomes.states import AdviceKind, Decision, Strength
from panels.models import Stance
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
        return str(Strength(self.strength).label)


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


def awaited(outcome: Outcome) -> list[SignOff]:
    """Whose answer is still waited for: asked, silent so far, and the day has not passed."""
    if outcome.sign_by is None or outcome.sign_by <= clock.now():
        return []
    asked = outcome.signoffs.filter(number=outcome.number, decision=Decision.PENDING)
    return list(asked.select_related("who"))


def signatures(outcome: Outcome, number: int | None = None) -> list[SignOff]:
    """The signatures under a version, the current one when none is named."""
    asked = outcome.signoffs.filter(number=outcome.number if number is None else number)
    return list(asked.select_related("who__centre", "key"))
