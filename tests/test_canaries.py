"""The sweep after every test finds what it looks for."""

from email.message import EmailMessage

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache

from cpms.accounts.models import Centre
from tests import canaries
from tests.factories import CentreFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
WORDS = f"{canaries.MARK}planted"


def test_a_word_in_any_table_is_found():
    assert canaries.in_rows() == []
    CentreFactory(name=WORDS)
    assert canaries.in_rows() == [Centre._meta.db_table]


def test_a_word_packed_in_a_session_or_the_cache_is_found():
    assert canaries.in_cache() + canaries.in_sessions() == []
    session = SessionStore()
    session["typed"] = WORDS * 50
    session.create()
    cache.set("typed", {"deep": [WORDS]})
    assert len(canaries.in_cache()) == 1
    assert canaries.in_sessions() == ["a session"]


def test_a_word_in_an_encoded_mail_or_a_log_is_found(tmp_path):
    mail = EmailMessage()
    mail["Subject"] = "News"
    mail.set_content(f"é {WORDS}", cte="base64")
    assert WORDS.encode() not in bytes(mail)
    (tmp_path / "1.eml").write_bytes(bytes(mail))
    (tmp_path / "web.log").write_text(WORDS)
    found = canaries.in_mails_and_logs(tmp_path)
    assert [where.rpartition("/")[2] for where in found] == ["web.log", f"1.eml: {canaries.MARK}"]
