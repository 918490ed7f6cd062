"""What a whole consultation leaves behind: closed doors, calendar files, a document in other people's hands, silent logs."""

from __future__ import annotations

import hashlib
import io
import json
import re
import time
from pathlib import Path

from pypdf import PdfReader
from pypdf.generic import BooleanObject

from cpms import logs
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from outcomes.models import OutcomeDocument
from panels.meetings.models import AgendaItem, Meeting
from tests.access.cells import EXTRA
from tests.access.routes import address, ours
from tests.journeys.person import Person

QUESTION = "Sodium stays low on fludrocortisone. Raise the dose, or look for a second cause?"
ADVICE = "Exclude a urinary infection first; it can block the action of aldosterone for weeks."
CONCLUSION = "Exclude infection, then raise the dose in steps with controls after three days."
NEW_PASSWORD = "the tide comes twice a day"


def nobody_else_gets_in(outsider: Person, panel) -> None:
    """404 for every address of the panel, its case, patient, statements, messages, meeting and document, read or written."""
    things = [
        panel,
        panel.case,
        panel.case.patient,
        panel.contributions.first(),
        panel.messages.first(),
        panel.invitations.first(),
        Meeting.objects.get(agenda__panel=panel),
        AgendaItem.objects.get(panel=panel),
        OutcomeDocument.objects.get(panel=panel),
    ]
    kinds, asked = {type(thing): thing for thing in things}, 0
    for name, _pattern, route in ours():
        for method in route.methods & {"GET", "POST"} if route.model in kinds else ():
            path = address(name, route, kinds[route.model], EXTRA.get(name, {}))
            assert (path, method, outsider.status_of(path, method)) == (path, method, 404)
            asked += 1
    assert asked > 80
    outsider.close()


def calendar_of(product, email: str) -> str:
    """The calendar file of the first mail that has one; other mails may come before it."""
    deadline, count = time.monotonic() + 20, 1
    while time.monotonic() < deadline:
        mails = product.mailbox.wait(email, count)
        for part in (part for mail in mails for part in mail.walk()):
            if part.get_content_type() == "text/calendar":
                return part.get_payload(decode=True).decode()
        count = len(mails) + 1
    raise AssertionError(f"no calendar file for {email}")


def read_document(lead: Person, expert: Person, guest: Person, panel, browser, product) -> None:
    """Made by a worker while the page shows progress; downloaded by members and by the guest, who sees no more; checked by code."""
    link = lead.page.get_by_role("link", name=re.compile("ownload"))
    link.wait_for(timeout=60_000)
    with lead.page.expect_download() as caught:
        link.first.click()
    data = Path(caught.value.path()).read_bytes()
    document = OutcomeDocument.objects.get(panel=panel)
    assert hashlib.sha256(data).hexdigest() == document.file_hash
    reader = PdfReader(io.BytesIO(data))
    text = " ".join(page.extract_text() for page in reader.pages)
    flat = re.sub(r"\s+", " ", text)
    for words in (CONCLUSION, ADVICE, panel.ref, "Dr Benedetti", "Dr Czarna", document.code):
        assert words in flat, words
    assert document.fingerprint in flat.replace(" ", "")
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"] == BooleanObject(value=True)
    assert b"pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_data()
    assert "/StructTreeRoot" in reader.trailer["/Root"]
    assert reader.trailer["/Root"]["/Lang"].startswith("en")
    assert expert.status_of(f"/documents/{document.pk}/") == 200
    assert guest.status_of(f"/panels/{panel.ref}/outcome/") == 404
    assert guest.status_of(f"/documents/{document.pk}/") == 200
    anybody = Person(browser, product.url)
    anybody.go("/verify/")
    anybody.type("Code on the document", document.code.lower().replace("-", " "))
    anybody.page.get_by_role("main").locator("button[type=submit]").click()
    anybody.sees(panel.ref)
    shown = anybody.page.locator(".hash").first.text_content()
    assert "".join(shown.split()) == document.fingerprint
    anybody.close()


def nothing_in_the_logs(product, panel, people) -> None:
    """Every line of web server and worker: JSON, listed keys, the trail's request ids, and no word of patient or person."""
    text = "\n".join((product.logs / f"{name}.log").read_text() for name in ("web", "worker"))
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    assert {key for line in lines for key in line} <= logs.ALLOWED
    answered = {line["request_id"] for line in lines if line["event"] == "request"}
    trail = AuditEvent.objects.filter(event=Event.PATIENT_READ, patient_id=panel.case.patient_id)
    written = set(trail.values_list("request_id", flat=True))
    assert len(written) > 10
    assert written <= answered
    case = panel.case
    clinical = [d.label for d in case.diagnoses.all()] + [f.label for f in case.findings.all()]
    clinical += [QUESTION, ADVICE, CONCLUSION, panel.title, case.patient.pseudonym, "urine culture"]
    personal = [
        NEW_PASSWORD,
        "aoife",
        *(person.email for person in people.values()),
        *(str(p) for p in people.values()),
    ]
    for word in (*clinical, *personal, "?", "activated=no", "/accounts/activate/"):
        assert word.lower() not in text.lower(), word
