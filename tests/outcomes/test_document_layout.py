"""What people type reaches the document as text and nothing else: no markup, no fetch, no file, no runaway."""

from __future__ import annotations

import io
import resource
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from pypdf import PdfReader

from cpms import paper
from cpms.layout import ASSETS, AssetFetcher
from cpms.paper import LAYOUT
from outcomes import actions as outcomes
from outcomes.models import OutcomeDocument
from outcomes.states import DocumentState
from panels import actions as panels
from panels.models import Contribution
from tests.factories import Story
from tools.local import places

CANARY = "CNRY-a-file-of-the-machine"


class Ear:
    """A listening socket on loopback that counts who knocks."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port, self.knocks = self.socket.getsockname()[1], 0
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        while True:
            try:
                self.socket.accept()[0].close()
            except OSError:
                return
            self.knocks += 1


@pytest.fixture
def ear():
    ear = Ear()
    yield ear
    ear.socket.close()


@pytest.fixture
def secret_file(tmp_path) -> Path:
    file = tmp_path / "passwd"
    file.write_text(CANARY)
    file.chmod(0o644)
    return file


def hostile(port: int, file: Path) -> list[str]:
    """One attempt a line: load from the network, attach a file, open a script, leave the page."""
    there = f"http://127.0.0.1:{port}"
    return [
        f'<img src="{there}/a.png">',
        f'<link rel="stylesheet" href="{there}/b.css">',
        f"<style>@import url({there}/c.css); body {{ background: url({there}/d.png) }}</style>",
        f"<style>@font-face {{ font-family: x; src: url({there}/e.ttf) }} body {{ font-family: x }}</style>",
        f'<link rel="attachment" href="file://{file}">',
        f'<a rel="attachment" href="file://{file}">open</a>',
        f'<a rel="attachment" href="{there}/f">open</a>',
        f'<object data="file://{file}"></object><embed src="file://{file}">',
        f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{there}/g.png"/><image href="file://{file}"/></svg>',
        f'<img src="file://{file}"><img src="{file}"><img src="../../../../../..{file}">',
        f'<base href="{there}/"><img src="h.png">',
        f'<p style="content: url({there}/i.png); background: url(file://{file})">x</p>',
        f'<meta http-equiv="refresh" content="0; url={there}/j"><iframe src="{there}/k"></iframe>',
        "<script>app.alert(1)</script></main></body></html>",
        "{{ settings.SECRET_KEY }} {% include 'base.html' %} a\x07b\u202ec",
    ]


def inside(data: bytes) -> bytes:
    """Everything in the file, streams unpacked."""
    reader = PdfReader(io.BytesIO(data))
    found = [data]
    for number in range(len(reader.xref_objStm) + 4 * len(reader.xref.get(0, {})) + 500):
        try:
            thing = reader.get_object(number)
        except Exception:  # noqa: BLE001, S112 a number that is not taken
            continue
        found.append(thing.get_data() if hasattr(thing, "get_data") else repr(thing).encode())
    return b"\n".join(found)


def written_outcome(text: str) -> Story:
    """A closed panel in which every text that reaches the document is ``text``."""
    story = Story()
    diagnosis = story.case.diagnoses.get()
    diagnosis.label = text[:300]
    diagnosis.save()
    panel = story.open(story.expert)
    type(story.lead).objects.filter(pk=story.lead.pk).update(display_name=text[:120], job_title=text[:120])
    panel.title = panel.question = text
    panel.save(update_fields=["title", "question"])
    panels.accept(story.invitation(story.expert), by=story.expert)
    said = panels.contribute(story.fresh(), kind="test", text=text, by=story.expert)
    panels.mark(Contribution.objects.get(pk=said.pk), marked=True, by=story.lead)
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    words = {"text": text, "owner": text[:200], "dissent": text}
    rows = [{"id": item.pk, **words} for item in outcome.items.all()]
    outcomes.write_outcome(
        story.fresh(), conclusion=text, plain=text, items=rows, version=outcome.version, by=story.lead
    )
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    outcomes.sign(story.fresh(), decision="dissent", number=1, text=text, by=story.expert)
    outcomes.close_panel(story.fresh(), by=story.lead, although=9)
    return story


@pytest.mark.django_db
def test_hostile_text_is_printed_as_text_and_asks_nobody(ear, secret_file):
    attempts = hostile(ear.port, secret_file)
    story = written_outcome("\n".join(attempts))
    document = OutcomeDocument.objects.get(panel=story.panel)
    outcomes.make_document(str(document.pk), by=None)
    document.refresh_from_db()
    assert document.state == DocumentState.READY
    reader = PdfReader(io.BytesIO(document.pdf))
    text = "".join("".join(page.extract_text() for page in reader.pages).split())
    for attempt in attempts[:-1]:
        assert "".join(attempt.split()) in text, attempt
    assert "{{settings.SECRET_KEY}}{%include'base.html'%}abc" in text
    assert_harmless(document.pdf, ear)


def assert_harmless(data: bytes, ear: Ear) -> None:
    root = PdfReader(io.BytesIO(data)).trailer["/Root"]
    assert [key for key in ("/OpenAction", "/AA", "/AcroForm", "/AF") if key in root] == []
    assert "/EmbeddedFiles" not in root.get("/Names", {})
    assert "/JavaScript" not in root.get("/Names", {})
    content = inside(data)
    assert CANARY.encode() not in content
    assert b"/EmbeddedFile" not in content
    assert ear.knocks == 0


def lay_out(html: str, *, seconds: int = 50, memory: int = 3_000_000_000, patience: float = 60):
    """The child process as the worker starts it."""
    return subprocess.run(
        [*LAYOUT, str(seconds), str(memory)],
        input=html.encode(),
        capture_output=True,
        timeout=patience,
        check=False,
        cwd=places.ROOT,
    )


def test_even_markup_that_got_through_fetches_nothing(ear, secret_file):
    """The second wall: the same attempts as real HTML."""
    body = "".join(hostile(ear.port, secret_file)[:13])
    done = lay_out(f'<!doctype html><html lang="en"><title>x</title><body><p>Still here.</p>{body}')
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Still here." in PdfReader(io.BytesIO(done.stdout)).pages[0].extract_text()
    assert_harmless(done.stdout, ear)


REACHING_OUT = """
import socket, subprocess
from cpms.layout import stay_alone
stay_alone()
for ask in (
    lambda: socket.create_connection(("127.0.0.1", {port})),
    lambda: subprocess.run(["true"]),
):
    try:
        ask()
    except PermissionError as refused:
        print(refused)
"""


def test_what_got_past_the_fetcher_reaches_no_network_and_starts_nothing(ear):
    """The third wall."""
    code = [sys.executable, "-c", REACHING_OUT.format(port=ear.port)]
    done = subprocess.run(code, capture_output=True, text=True, cwd=places.ROOT, check=False)
    refused = [line for line in done.stdout.splitlines() if line.endswith("a document asks for nothing")]
    assert (len(refused), ear.knocks, done.stderr) == (2, 0, "")


LOADING = """
import runpy, sys
started = []
sys.addaudithook(lambda event, _arguments: started.append(event) if event.startswith("subprocess.") else None)
runpy.run_path({path!r})
print(started, [name for name in ("celery", "django") if name in sys.modules])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the libraries are looked for")
def test_the_child_loads_what_it_needs_and_looks_for_no_library():
    code = [*LAYOUT[:-1], "-c", LOADING.format(path=LAYOUT[-1])]
    done = subprocess.run(code, capture_output=True, text=True, cwd=places.ROOT, check=True)
    assert done.stdout == "[] []\n"


def test_the_fetcher_knows_two_assets_and_nothing_else(ear, secret_file):
    fetcher = AssetFetcher()
    assert sorted(ASSETS) == ["asset:document.css", "asset:wordmark.svg"]
    for name, (mime, path) in ASSETS.items():
        answer = fetcher.fetch(name)
        assert answer.read() == (places.ROOT / path).read_bytes()
        assert answer.headers["Content-Type"] == mime
    for address in (
        f"http://127.0.0.1:{ear.port}/",
        f"file://{secret_file}",
        str(secret_file),
        "asset:../settings.py",
        "asset:document.css?x",
        "ASSET:document.css",
        "asset:",
        "data:text/css,body{}",
        "ftp://127.0.0.1/x",
        "",
    ):
        with pytest.raises(ValueError, match="not one of our assets"):
            fetcher.fetch(address)
    assert ear.knocks == 0


ENDLESS = '<!doctype html><html lang="en"><title>x</title><body>' + "<p>word</p>" * 200_000
ORDINARY = '<!doctype html><html lang="en"><title>x</title><body><p>A page.</p>'


def test_a_layout_without_end_is_ended_by_its_processor_time():
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = lay_out(ENDLESS, seconds=3)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode < 0, "ended by a signal"
    assert done.stdout == b""
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 6
    assert time.monotonic() - began < 55


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space")
def test_a_layout_that_grows_is_ended_by_its_memory():
    enough = 400_000_000
    assert lay_out(ORDINARY, memory=enough).returncode == 0
    done = lay_out(ORDINARY + "word " * 20_000_000, memory=enough)
    assert done.returncode != 0
    assert b"MemoryError" in done.stderr
    assert done.stdout == b""


@pytest.mark.django_db
def test_a_layout_that_takes_too_long_is_reported_and_can_be_asked_for_again(monkeypatch):
    story = written_outcome("Give salt.")
    document = OutcomeDocument.objects.get(panel=story.panel)
    monkeypatch.setattr(paper, "SECONDS", 0.1)
    OutcomeDocument.objects.update(tries=2)
    outcomes.make_document(str(document.pk), by=None)
    document.refresh_from_db()
    assert (document.state, document.pdf) == (DocumentState.FAILED, b"")
    monkeypatch.undo()
    outcomes.retry_document(document, by=story.lead)
    outcomes.make_document(str(document.pk), by=None)
    document.refresh_from_db()
    assert document.state == DocumentState.READY
