"""Log lines: one JSON object each, listed keys only, words without values."""

from __future__ import annotations

import io
import json
import logging

import pytest
import structlog

from cpms import logs
from tests.clients import signed_in
from tests.factories import CANARIES, Story

SECRET = "CNRY-log-secret"


@pytest.fixture
def lines():
    """What the running configuration writes, as parsed lines."""
    formatter = next(f for f in (h.formatter for h in logging.root.handlers) if hasattr(f, "foreign_pre_chain"))
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logging.root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.root.removeHandler(handler)


def test_a_key_that_is_not_listed_is_dropped_and_named(lines):
    structlog.get_logger("cpms.test").warning("saved", text=SECRET, count=3)
    (line,) = lines()
    assert (line["event"], line["count"], line["dropped"], line["level"]) == ("saved", 3, ["text"], "warning")
    assert SECRET not in json.dumps(line)


def test_of_an_error_type_and_place_are_kept(lines):
    def fail():
        raise ValueError(SECRET)

    for tell in (structlog.get_logger("cpms.test").exception, logging.getLogger("library").exception):
        try:
            fail()
        except ValueError:
            tell("failed")
    for line in lines():
        assert line["error"] == "ValueError"
        assert line["place"].rpartition(":")[0] == __file__
    assert SECRET not in json.dumps(lines())
    assert len(lines()) == 2


def test_an_error_without_an_origin_has_no_place():
    assert logs.place_of(ValueError("never raised")) == ""
    assert logs.place_of(None) == ""


def test_of_a_library_the_words_are_kept_and_not_the_values(lines):
    logging.getLogger("django.request").warning("Not Found: %s", f"/accounts/activate/{SECRET}/")
    assert [line["event"] for line in lines()] == ["Not Found: %s"]
    assert lines()[0]["logger"] == "django.request"


@pytest.mark.django_db(databases=["default", "cachedb"])
def test_requests_leave_a_route_and_no_address(lines):
    story = Story()
    story.open(story.expert)
    client = signed_in(story.lead)
    for path in (f"/panels/{story.panel.ref}/?from={SECRET}", f"/patients/{SECRET}/", "/panels/?state=open"):
        client.get(path, secure=True)
    client.post(f"/panels/{story.panel.ref}/reply/", {"kind": "message", "text": SECRET}, secure=True)
    written = lines()
    ours = [line for line in written if line["event"] == "request"]
    assert [(line["route"], line["method"], line["status"]) for line in ours] == [
        ("panels:detail", "GET", 200),
        ("patients:detail", "GET", 404),
        ("panels:list", "GET", 200),
        ("panels:reply", "POST", 302),
    ]
    assert {key for line in written for key in line} <= logs.ALLOWED
    text = json.dumps(written)
    assert [token for token in (SECRET, story.panel.ref, *CANARIES) if token in text] == []
