"""Cases go to a registry: de-identified, each under its patient's consent at that moment, each written down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from consent.actions import hold_consent
from consent.models import Registry, RegistryRelease
from consent.policy import may
from consent.states import Act, Actor
from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.models import User
from cpms.archives import Carried, zipped
from cpms.audit import actions as audit
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event, Result
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from cpms.vault.cipher import digest
from panels.cases.exports import phenopacket
from panels.cases.exports.case import undisputed_case_of
from panels.cases.exports.deidentified import without_words
from panels.cases.models import Case, Rectification
from panels.cases.queries import case_parts
from panels.policy import may_receive
from panels.queries.registries import receivable


@transaction.atomic
def receive(registry: Registry, *, purpose: str, by: Any) -> Iterator[bytes]:
    """A ZIP of GA4GH phenopackets v2, one file per case, while it is made.

    Consent is asked anew at each case: what is withdrawn during the making is not in it.
    """
    if not (verdict := may_receive(by, registry)):
        raise Refused(verdict.reason)
    RegistryRelease.objects.create(registry=registry, purpose=purpose, taken_by=by)
    keys = list(receivable(registry, by).values_list("pk", flat=True))
    audit.record(Event.REGISTRY_ASKED, on=registry, by=by, count=len(keys))
    return zipped(_files(registry, keys, by))


def _files(registry: Registry, keys: list[Any], by: Any) -> Iterator[Carried]:
    for key in keys:
        if found := released(registry, key, by=by):
            name, data = found
            yield Carried(f"{name}.json", [data])


@transaction.atomic
def released(registry: Registry, key: Any, *, by: Any) -> tuple[str, bytes] | None:
    """The registry's own name for the patient and the phenopacket; ``None`` when the case may no longer be received."""
    case = Case.objects.select_related("key", "patient__key").get(pk=key)
    hold_consent(case.patient_id)
    if not may(case.patient, Actor.RESEARCHER, Act.RECEIVE, registry=registry.code):
        return None
    if not receivable(registry, by).filter(pk=key).exists():
        return None
    audit.record(Event.REGISTRY_RECEIVED, on=case, by=by, kind=registry.code)
    name = name_in(registry, case)
    asks = bool(may(case.patient, Actor.RESEARCHER, Act.CONTACT))
    tree = phenopacket.write(without_words(undisputed_case_of(case_parts(case))), subject=name, made_at=clock.now())
    tree["metaData"]["externalReferences"] = [{"id": "cpms:research-contact", "description": "yes" if asks else "no"}]
    return f"{name}-{digest(f'registry {registry.code}', str(case.pk))[:8].upper()}", json.dumps(
        tree, indent=1
    ).encode()


def tell_registries(correction: Rectification, *, by: Any) -> int:
    """Whoever took this case out for a registry hears that it was corrected (GDPR, article 19); gives how many there are.

    No consent is asked: a withdrawn one does not call back what they hold.
    """
    case = correction.case
    taken = AuditEvent.objects.filter(event=Event.REGISTRY_RECEIVED, subject_id=str(case.pk), result=Result.DONE)
    pairs = set(taken.exclude(actor_id=None).values_list("actor_id", "detail__kind"))
    people = User.objects.filter(is_active=True).in_bulk([actor for actor, _code in pairs])
    registries = {one.code: one for one in Registry.objects.filter(code__in=[code for _actor, code in pairs])}
    told = [(people[actor], registries[code]) for actor, code in pairs if actor in people and code in registries]
    for person, registry in told:
        notifications.notify(
            [person],
            notice=Notice.REGISTRY_CORRECTED,
            by=by,
            about=correction,
            ref=name_in(registry, case),
            path=registry.get_absolute_url(),
            again=registry.code,
        )
    return len(told)


def name_in(registry: Registry, case: Case) -> str:
    """The same patient has the same name in one registry always, and another one in every other registry."""
    return f"R-{digest(f'registry {registry.code}', str(case.patient_id))[:12].upper()}"
