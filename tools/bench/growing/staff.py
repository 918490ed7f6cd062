"""Rows of the lists and pages of the staff site."""

from __future__ import annotations

from consent.models import ConsentForm
from cpms.accounts.models import AdvocacyGroup, Network, ThematicGroup
from cpms.jobs.models import Job
from cpms.vault import actions as vault
from panels.cases.models import CaseForm
from panels.meetings.models import VideoService
from tools.bench.growing.ground import Ground
from tools.bench.growing.growth import grows

VIDEO = "helpdesk:meetings_videoservice"


@grows("networks", "helpdesk:accounts_network_changelist", f"{VIDEO}_changelist", f"{VIDEO}_change")
def networks(at: Ground, rows: range) -> None:
    made = Network.objects.bulk_create(Network(code=f"N{n}", name=f"Invented network {n}") for n in rows)
    by = {"changed_by": at.staff["helpdesk"], "address": "https://meet.example"}
    VideoService.objects.bulk_create(VideoService(network=one, key=vault.new_key(), **by) for one in made)


@grows(
    "groups of the network",
    "helpdesk:accounts_thematicgroup_changelist",
    "helpdesk:accounts_thematicgroup_add",
    "helpdesk:accounts_thematicgroup_change",
    "panels:ask",
    "panels:referral",
    "meetings:series_new",
    "matrix",
    "cases:ranges",
    "meetings:series_change",
    "meetings:series_when",
)
def groups(at: Ground, rows: range) -> None:
    ThematicGroup.objects.bulk_create(
        ThematicGroup(network=at.network, number=100 + n, name=f"Invented group {n}") for n in rows
    )


@grows("advocacy groups", "helpdesk:accounts_advocacygroup_changelist")
def advocates(at: Ground, rows: range) -> None:
    AdvocacyGroup.objects.bulk_create(
        AdvocacyGroup(network=at.network, name=f"Invented patients {n}", country="IE") for n in rows
    )


@grows("versions", "helpdesk:consent_consentform_changelist", "helpdesk:cases_caseform_changelist")
def versions(at: Ground, rows: range) -> None:
    ConsentForm.objects.bulk_create(ConsentForm(language="en", version=100 + n, body="# 1. Care") for n in rows)
    shown = CaseForm.objects.filter(slug="core")[0]
    words = {"slug": "core", "title": shown.title, "body": shown.body}
    CaseForm.objects.bulk_create(CaseForm(version=100 + n, **words) for n in rows)


@grows("jobs", "helpdesk:jobs_job_changelist")
def jobs(at: Ground, rows: range) -> None:
    Job.objects.bulk_create(Job(task="outcomes.make_document") for _ in rows)
