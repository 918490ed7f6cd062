"""Hostile files are refused or neutralised, benign ones stay readable. ``bin/campaign files`` sends all of them through the child."""

from __future__ import annotations

import contextlib
import os
import time
from collections import Counter

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageChops, ImageStat

from panels.cases.cleaning import asking
from panels.cases.cleaning.jpeg_segments import NoJpeg, without_notes
from panels.cases.cleaning.kinds import NotTaken, check
from tests.cases.files import judging
from tests.cases.files.benign import all_benign
from tests.cases.files.hostile import all_hostile
from tests.cases.files.making import jpeg
from tests.cases.files.pictures_in_pdf import benign_pictures, hostile_pictures

CAMPAIGN = bool(os.environ.get("CPMS_CAMPAIGN"))
QUICK = {"text bomb", "profile bomb"}  # of the heavy ones, which only the child may meet


def cleaner(sample):
    return asking.cleaned if CAMPAIGN or sample.heavy else judging.here


def test_every_hostile_file_is_refused_or_neutralised_and_every_benign_one_stays_readable():
    hostile = [one for one in all_hostile() if not one.heavy]
    heavy = [one for one in all_hostile() if one.heavy and (CAMPAIGN or one.name in QUICK)]
    fates, slowest = Counter(), 0.0
    for sample in hostile + heavy:
        began = time.monotonic()
        fates[judging.became(sample, cleaner(sample))[0]] += 1
        slowest = max(slowest, time.monotonic() - began)
    benign = list(all_benign())
    unreadable = [one.name for one in benign if not readable(one)]
    assert fates.total() >= 150
    assert len(benign) >= 100
    assert unreadable == []
    if CAMPAIGN:
        judging.write_evidence(fates, len(benign), slowest)


def readable(sample) -> bool:
    return judging.is_readable(sample, cleaner(sample)(sample.data, check(sample.data, sample.filename)))


def test_cleaning_a_clean_document_changes_nothing():
    sample = next(one for one in all_benign() if one.name == "pdf with a filled form")
    once = judging.here(sample.data, "pdf")
    twice = judging.here(once.data, "pdf")
    assert (twice.removed, twice.text) == ([], once.text)
    assert "Value typed" in once.text


def test_the_child_opens_no_file_and_no_socket_once_it_works():
    """What a parser that was taken over would try first."""
    import subprocess
    import sys

    tries = """
import socket
from panels.cases.cleaning import child
child.rehearse()
child.limit_resources(20, 1_500_000_000)
for reach in (lambda: open("/etc/passwd"), socket.socket, lambda: open("/tmp/x", "w")):
    try:
        reach()
        print("reached")
    except OSError as error:
        print(error.errno)
"""
    done = subprocess.run([sys.executable, "-c", tries], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.split() == ["24", "24", "24"]


def test_a_child_that_needs_too_long_refuses_the_file(monkeypatch):
    monkeypatch.setattr(asking, "SECONDS", 0.01)
    with pytest.raises(NotTaken, match="could not be checked"):
        asking.cleaned(jpeg(), "jpeg")


@pytest.mark.parametrize("sample", list(hostile_pictures()), ids=lambda sample: sample.name)
def test_a_picture_in_a_document_loses_what_its_camera_wrote(sample):
    assert judging.became(sample, judging.here)[0] in {judging.REFUSED, judging.NEUTRALISED}


@pytest.mark.parametrize("sample", list(benign_pictures()), ids=lambda sample: sample.name)
def test_a_picture_in_a_document_is_drawn_as_before(sample):
    made = judging.here(sample.data, "pdf")
    assert judging.is_readable(sample, made)
    before, after = (shown_by(data) for data in (sample.data, made.data))
    assert max(ImageStat.Stat(ImageChops.difference(before, after)).mean) < judging.UNLIKE


def shown_by(data):
    return pypdfium2.PdfDocument(data)[0].render(scale=2).to_pil().convert("RGB")


@pytest.mark.parametrize(
    "cut", [b"", b"\xff\xd8", jpeg()[:-2], jpeg()[:300], b"\xff\xd8\xff\xd9", b"\xff\xd8" + jpeg()]
)
def test_what_is_no_whole_jpeg_is_never_given_back_as_one(cut):
    with pytest.raises(NoJpeg):
        without_notes(cut)


@given(st.binary(max_size=60), st.integers(0, 5000))
def test_no_bytes_put_into_a_jpeg_come_through_but_within_its_own_data(noise, at):
    data = jpeg()
    with contextlib.suppress(NoJpeg):
        once = without_notes(data[: at % len(data)] + noise + data[at % len(data) :])
        assert without_notes(once) == once
