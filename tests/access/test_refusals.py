"""Every refusal says why, in a sentence for whoever reads it."""

from __future__ import annotations

import re

import pytest

from cpms.accounts.access import RULES, ask
from cpms.accounts.roles import Permission
from tests.access import oracle
from tests.access.cells import EXTRA
from tests.access.routes import address, ours
from tests.clients import signed_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
SENTENCE = re.compile(r"[A-Z“][^<>]{12,}[.?]")


def test_every_page_without_an_object_says_why_it_stays_closed():
    """Somebody of no hospital and without a role is refused wherever anybody is, and reads a sentence."""
    nobody, seen = signed_in(UserFactory(role="none", centre=None)), 0
    for name, _pattern, route in ours():
        if route.public or route.model is not None or oracle.PAGES[str(route.verb)] == {"everybody", "signed", "in"}:
            continue
        method = nobody.get if "GET" in route.methods else nobody.post
        answer = method(address(name, route, None, EXTRA.get(name, {})), secure=True)
        reason = ask(Permission(route.verb), UserFactory(role="none", centre=None)).reason
        assert answer.status_code == 403, name
        assert SENTENCE.fullmatch(reason), name
        assert reason.split(";")[0] in answer.content.decode().replace("&#x27;", "'"), name
        seen += 1
    assert seen >= 12
    assert len(RULES) == len(Permission)
