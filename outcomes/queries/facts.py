"""What a document prints beside the signed text: read once for each version and kept, so that every copy prints the same."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from consent.models import Consent
from consent.states import Stage
from outcomes.models import AdviceItem, Outcome, OutcomeVersion, SignOff
from outcomes.queries.texts import sent_for, signatures
from panels.meetings.models import Meeting
from panels.meetings.states import MeetingState
from panels.models import Invitation, Panel

MOMENTS = ("opened", "closed", "meeting")


def facts_of(panel: Panel, number: int) -> str:
    """The facts as they stand now, as JSON: codes and moments, in no language."""
    case = panel.case
    consent = Consent.objects.in_force(Stage.CARE).filter(patient=case.patient).first()
    signed = signed_under(panel, number)
    version = OutcomeVersion.objects.filter(outcome__panel=panel, number=number).select_related("sent_by")
    facts = {
        "title": panel.title,
        "zone": panel.lead.zone,
        "opened": panel.opened_at,
        "closed": panel.closed_at,
        "meeting": last_meeting(panel),
        "network": str(panel.network),
        "group": str(panel.group or ""),
        "patient": {name: getattr(case.patient, name) for name in ("pseudonym", "sex", "birth_year", "country")},
        "consent": {"given_by": consent.given_by, "given_on": consent.given_on} if consent else None,
        "diagnoses": [
            {name: getattr(row, name) for name in ("label", "status", "code")} for row in case.diagnoses.all()
        ],
        "signatures": signed,
        "also_asked": also_asked(panel, {row["who"]["key"] for row in signed}),
        "sent_for": sent_for(version.first(), {row["who"]["key"] for row in signed}),
    }
    return json.dumps(facts, ensure_ascii=False, cls=DjangoJSONEncoder)


def signed_again(facts: str, panel: Panel, number: int) -> str:
    """The same facts with the signatures that stand under the version by now, and who has no part in it: also who left meanwhile."""
    signed = signed_under(panel, number)
    now = {"signatures": signed, "also_asked": also_asked(panel, {row["who"]["key"] for row in signed})}
    return json.dumps(json.loads(facts) | now, ensure_ascii=False, cls=DjangoJSONEncoder)


def facts_from(body: str) -> dict[str, Any]:
    """What ``facts_of`` wrote down, its moments as moments again."""
    facts: dict[str, Any] = json.loads(body)
    for name in MOMENTS:
        facts[name] = moment(facts[name])
    if facts["consent"]:
        facts["consent"]["given_on"] = dt.date.fromisoformat(facts["consent"]["given_on"])
    for row in facts["signatures"]:
        for signature in (row, row["before"]):
            if signature:
                signature["at"] = moment(signature["at"])
    return facts


def moment(written: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(written) if written else None


def signed_under(panel: Panel, number: int) -> list[dict[str, Any]]:
    """Each signature under a version, with the one the same person gave under the version before."""
    outcome = Outcome.objects.get(panel=panel)
    before = {signature.who_id: signature for signature in signatures(outcome, number - 1)}
    return [signature_of(s) | {"before": signature_of(before.get(s.who_id))} for s in signatures(outcome, number)]


def signature_of(signature: SignOff | None) -> dict[str, Any]:
    if signature is None:
        return {}
    given = {name: getattr(signature, name) for name in ("decision", "at", "about", "text", "number")}
    return given | {"who": person_of(signature.who)}


def person_of(person: Any) -> dict[str, str]:
    country = person.centre.country if person.centre else person.country
    names = {"display_name": person.display_name, "job_title": person.job_title}
    return {"key": str(person.pk), "place": person.place, "country": country, **names}


def also_asked(panel: Panel, signers: set[str]) -> list[dict[str, str]]:
    """People who were invited as experts, did not sign and gave none of the advice: the reader should know who had no part in it."""
    asked = Invitation.objects.filter(panel=panel).experts().select_related("invitee__centre")
    gave = AdviceItem.objects.filter(outcome__panel=panel).values_list("contribution__author", flat=True)
    part = signers | {str(author) for author in gave}
    people = {str(invitation.invitee_id): person_of(invitation.invitee) for invitation in asked}
    return [person for key, person in people.items() if key not in part]


def last_meeting(panel: Panel) -> Any:
    """When the last held meeting on the panel began, or ``None``."""
    held = Meeting.objects.filter(agenda__panel=panel, state=MeetingState.HELD)
    return held.order_by("-starts_at").values_list("starts_at", flat=True).first()
