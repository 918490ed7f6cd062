"""One cell of the access matrix: a request of one principal, undone again, and what is wrong with its answer."""

from __future__ import annotations

import re
import uuid

from django.db import connection, transaction
from django.test import Client

from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from tests import headers
from tests.access.world import World
from tests.clients import signed_in
from tests.factories import CANARIES

EXTRA: dict[str, dict[str, object]] = {
    "panels:end_invitation": {"invitation": uuid.uuid4()},
    "panels:nudge": {"invitation": uuid.uuid4()},
    "panels:reconsider": {"key": uuid.uuid4()},
    "panels:drop_filter": {"key": uuid.uuid4()},
    "drop_from_group": {"person": uuid.uuid4()},
    "panels:end_assist": {"assist": uuid.uuid4()},
    "kpis_export": {"month": "2020-01"},
    "patients:sheet": {"language": "en"},
    "patients:sheet_pdf": {"language": "en"},
    "drop_expertise": {"row": 0},
    "end_session": {"session": 0},
    "confirm_address": {"token": "x"},
    "end_assistant": {"delegation": 0},
    "people:end_role": {"membership": 0},
    "cases:file_page": {"number": 1},
    "outcomes:version": {"number": 1},
    "cases:form": {"slug": "core"},
    "cases:blank_form": {"slug": "core"},
    "cases:blank_form_pdf": {"slug": "core"},
    "cases:form_preview": {"version": 0},
    "patients:sheet_preview": {"version": 0},
    "people:drop_unit": {"unit": 0},
    "people:end_cover": {"cover": uuid.uuid4()},
    "manual:chapter": {"chapter": "panel"},
    "cases:range": {"network": "ENDO", "number": 1, "test": "phosphate"},
}
LINKS = {
    "meetings:feed": {"token": "x"},
    "activate": {"token": "x"},
    "account_reset_password_from_key": {"uidb36": "x", "key": "y"},
    "people:status": {"token": "x"},
    "panels:referral_status": {"token": "x"},
    "people:link_again": {"token": "x"},
    "manual:open": {"chapter": "coming-in"},
}
# What an assistant does as oneself, with the reason; every other row of the audit carries the clinician
BY_ONESELF = {
    "account_logout": "the own session",
    "security_codes": "the own second factor",
    "meetings:address": "the own calendar",
    "tickets:vote": "the own vote",
}
LET_IN = {200, 204, 302, 410, 422}
NOTHING_THERE = set(EXTRA) - {
    "patients:sheet",
    "patients:sheet_pdf",
    "cases:file_page",
    "outcomes:version",
    "cases:form",
    "cases:blank_form",
    "cases:blank_form_pdf",
    "manual:chapter",
}  # the URL names a second thing that does not exist: 404 once let in
HARMLESS_WRITES = re.compile(
    r"^\s*(INSERT INTO \"(audit_auditevent|django_session)|(UPDATE|DELETE FROM) \"?django_session"
    r"|UPDATE \"usersessions_usersession\" SET \"last_seen_at\")"
)
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE)")


def client_for(world: World, principal: str) -> Client:
    """The principal's browser. It knows the newest event of the audit so far, for whatever it asks is undone again."""
    if principal == "anonymous":
        client = Client(headers={"host": "localhost"})
    else:
        client = signed_in(world.people[principal], verified=principal != "half")
    client.newest = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return client


def ask(client: Client, method: str, url: str):
    """One request, its writes undone; gives response, the statements that wrote, and the audit events it left."""
    written: list[str] = []

    def note(execute, sql, params, many, context):
        if WRITES.match(sql) and not HARMLESS_WRITES.match(sql):
            written.append(sql)
        return execute(sql, params, many, context)

    with transaction.atomic():
        with connection.execute_wrapper(note):
            response = client.generic(method, url, secure=True, content_type="application/x-www-form-urlencoded")
        events = list(AuditEvent.objects.filter(pk__gt=client.newest))
        transaction.set_rollback(True)
    return response, written, events


def status_class(name: str, response) -> int:
    if response.status_code == 302 and "/accounts/login/" in response.url and name != "account_logout":
        return 302
    if response.status_code in LET_IN or (response.status_code == 404 and name in NOTHING_THERE):
        return 200
    return response.status_code


def body_of(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def on_nobodys_behalf(name: str, events) -> list[str]:
    """The events that an assistant left on a route and that do not say for whom; the system's own are nobody's."""
    left = [e for e in events if e.actor_id is not None and e.event != Event.DENIED]
    return [e.event for e in left if e.on_behalf_of_id is None and name not in BY_ONESELF]


def faults_of(name, route, principal, method, answer, want) -> list[str]:
    """What is wrong with one cell; empty when it is as the oracle says."""
    response, written, events = answer
    got, cell = status_class(name, response), f"{method} {name} as {principal}"
    shown = body_of(response)
    if got != want and not (name in NOTHING_THERE and want in {403, 404} and response.status_code == 404):
        return [f"{cell}: {response.status_code}, the oracle says {want}"]
    faults = headers.faults(cell, response)
    refused = want != 200
    if refused and (leaked := [c for c in CANARIES if c.encode() in shown]):
        faults.append(f"{cell}: refused, but shows {leaked}")
    if (
        not refused
        and "elsewhere" not in principal
        and (leaked := [c for c in CANARIES if c.startswith("CNRY-b") and c.encode() in shown])
    ):
        faults.append(f"{cell}: shows another patient's {leaked}")
    if refused and written:
        faults.append(f"{cell}: refused, but wrote {written[0][:80]}")
    if want in {403, 404} and not any(e.event == Event.DENIED for e in events):
        faults.append(f"{cell}: refused without a record")
    if want == 200 and route.reads_patient and (reads := sum(e.event == Event.PATIENT_READ for e in events)) != 1:
        faults.append(f"{cell}: {reads} records of one reading")
    if principal == "assistant" and not refused:
        faults += [f"{cell}: {event} on nobody's behalf" for event in on_nobodys_behalf(name, events)]
    return faults
