"""What a new panel most likely has: its thematic group and network, and what is alike from patient to patient. A suggestion,
changed in one go."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from cpms.accounts import queries as accounts
from cpms.accounts.models import Network
from cpms.patients.models import Patient
from panels.models import Panel


def likely_group(panel: Panel) -> Any:
    """The group that panels on the same diagnosis went to, else the lead's only one in this network; ``None`` leaves it open."""
    codes = [one.code for one in panel.case.diagnoses.all() if one.code]
    if codes:
        alike = Panel.objects.filter(
            network=panel.network, opened_at__isnull=False, group__isnull=False, case__diagnoses__code__in=codes
        )
        counted = alike.order_by().values_list("group").annotate(n=Count("pk", distinct=True)).order_by("-n")[:2]
        found = list(counted)
        if found and (len(found) == 1 or found[0][1] > found[1][1]):
            return found[0][0]
    own = panel.lead.groups_of_interest.filter(network=panel.network, parent=None).values_list("pk", flat=True)[:2]
    return own[0] if len(own) == 1 else None


def last_time(user: Any) -> dict[str, Any]:
    """What the last patient had whom the person treats or types for, and the next one most likely has: country, route, and the
    language of the form. Nothing clinical. Two queries."""
    last = Patient.objects.visible_to(user).filter(erased_at=None).order_by("-enrolled_at").first()
    if last is None:
        return {}
    given = last.consents.exclude(language="").order_by("-recorded_at").first()
    return {"country": last.country, "route": last.route} | ({"language": given.language} if given else {})


def likely_network(patient: Patient, wanted: str) -> Network | None:
    """Of a further panel: the one that was chosen, else of the patient's last panel, as far as the clinician's centre belongs to
    it today; else its first one by code."""
    own = {str(network.pk): network for network in accounts.networks_of(patient.enrolled_by)}
    last = Panel.objects.filter(case__patient=patient).order_by("-drafted_at").values_list("network", flat=True)[:1]
    keys = [wanted, *map(str, last), *own]
    return next((own[key] for key in keys if key in own), None)
