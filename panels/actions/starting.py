"""Start a panel in one go: the patient with the consent, the case and its draft."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from consent import actions as consent
from cpms.accounts.access import Refused
from cpms.accounts.models import Network
from cpms.patients import actions as patients
from cpms.patients.models import Patient
from panels.actions.asking import grow_into_panel
from panels.actions.drafting import draft_panel, prepare
from panels.actions.moving import open_panel
from panels.actions.referring import grow_from_referral
from panels.cases import actions as cases
from panels.cases.importers.read_case import ReadCase
from panels.models import Panel, Question, Referral


@dataclass(frozen=True)
class Origin:
    """What the panel comes from, each as far as there is one: the moment its page was opened, a file (read, with its name), a
    quick question, a question from outside."""

    begun_at: dt.datetime | None = None
    read: ReadCase | None = None
    filename: str = ""
    question: Question | None = None
    referral: Referral | None = None


@transaction.atomic
def start_panel(
    *,
    by: Any,
    network: Network | None,
    described: Mapping[str, Any],
    answers: Iterable[Mapping[str, Any]],
    origin: Origin,
) -> Panel:
    """Patient, consent, case and draft: all of it or nothing. ``described`` is what ``patients.enrol`` takes, each of ``answers``
    what ``record_consent`` takes. Raises ``Refused``."""
    patient = patients.enrol(by=by, **described)
    for answer in answers:
        consent.record_consent(patient, by=by, **answer)
    case = cases.start_case(patient, by=by, begun_at=origin.begun_at)
    if origin.read is not None:
        cases.take_read_case(case, origin.read, filename=origin.filename, by=by)
    panel = draft_panel(case, network=there(network), by=by)
    if origin.question is not None:
        grow_into_panel(origin.question, panel, by=by)
    if origin.referral is not None:
        grow_from_referral(origin.referral, panel, by=by)
    return panel


@transaction.atomic
def start_again(patient: Patient, *, network: Network | None, by: Any) -> Panel:
    """Another panel for a known patient: the last case is copied, to be confirmed; consent stands. Raises ``Refused``."""
    previous = patient.cases.order_by("-made_at").first()
    case = cases.copy_case(previous, by=by) if previous else cases.start_case(patient, by=by)
    return draft_panel(case, network=there(network), by=by)


@transaction.atomic
def open_prepared(
    panel: Panel,
    *,
    by: Any,
    diagnosis: Mapping[str, str] | None,
    experts: Collection[Any],
    groups: Collection[Any],
    **written: Any,
) -> Panel:
    """The working diagnosis into the case, the question onto the draft, and the panel opened: all of it or nothing. ``written``
    is what ``prepare`` takes. Raises ``Clash`` and ``Refused``."""
    if diagnosis is not None:
        cases.add_diagnosis(panel.case, by=by, **diagnosis)
    prepare(panel, by=by, **written)
    return open_panel(panel, by=by, experts=experts, groups=groups)


def there(network: Network | None) -> Network:
    if network is None:
        raise Refused("Your centre belongs to no network yet; your coordinator can help.")
    return network
