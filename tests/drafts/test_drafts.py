"""Typed text is kept, a POST runs once, and two editors never overwrite each other."""

from __future__ import annotations

import datetime as dt
import json
import threading
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from consent import actions as consent
from consent.states import Stage
from cpms import clock
from cpms.accounts.actions import forget_unseen
from cpms.drafts import actions, queries
from cpms.drafts.models import Draft, PostKey
from cpms.patients.actions import erase
from cpms.vault.models import DataKey
from panels.models import Message
from tests.clients import signed_in
from tests.factories import Story, UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def send(client, **sent):
    body = {"form": "reply:X", "label": "Reply", "path": "/panels/new/", "fields": {"text": "half a thought"}, **sent}
    return client.post(
        reverse("drafts"), json.dumps(body), content_type="application/json", headers={"accept": "application/json"}
    )


def test_a_draft_is_kept_sealed_and_belongs_to_its_writer():
    writer, other = UserFactory(), UserFactory()
    assert set(send(signed_in(writer)).json()) == {"saved_at"}
    assert queries.fields_of("reply:X", by=writer) == {"text": "half a thought"}
    assert queries.fields_of("reply:X", by=other) == {}
    actions.discard("reply:X", by=writer)
    assert not Draft.objects.exists()


def test_saving_again_replaces():
    client = signed_in(UserFactory())
    send(client)
    send(client, fields={"text": "a whole thought"})
    assert json.loads(Draft.objects.get().body) == {"text": "a whole thought"}


@pytest.mark.parametrize(
    "wrong",
    [{"form": "../etc"}, {"path": "https://evil.example"}, {"fields": "x"}, {"fields": {"text": "x" * 200_001}}],
)
def test_what_is_no_draft_is_refused(wrong):
    assert send(signed_in(UserFactory()), **wrong).status_code == 400


def test_an_ended_session_is_told_where_to_sign_in():
    answer = send(Client())
    assert (answer.status_code, answer.json()) == (401, {"login": reverse("account_login")})


def test_old_drafts_go_with_their_keys():
    send(signed_in(UserFactory()))
    keys = DataKey.objects.count()
    Draft.objects.update(updated_at=clock.now() - dt.timedelta(days=15))
    assert actions.prune() == 1
    assert DataKey.objects.count() == keys - 1


def test_a_repeated_post_runs_once_and_leads_to_the_same_place():
    story = Story()
    panel = story.open()
    client, key = signed_in(story.lead), str(uuid.uuid4())
    fields = {"kind": "message", "text": "once", "idempotency_key": key}
    path = reverse("panels:reply", args=[panel.ref])
    first, second = client.post(path, fields), client.post(path, fields)
    assert first.url == second.url
    assert Message.objects.count() == 1


def test_a_form_with_errors_may_be_sent_again_with_the_same_key():
    story = Story()
    panel = story.open()
    client, key = signed_in(story.lead), str(uuid.uuid4())
    path = reverse("panels:reply", args=[panel.ref])
    assert client.post(path, {"kind": "message", "text": "", "idempotency_key": key}).status_code == 422
    assert client.post(path, {"kind": "message", "text": "now", "idempotency_key": key}).status_code == 302
    assert Message.objects.count() == PostKey.objects.count() == 1


def test_a_malformed_key_counts_as_none():
    story = Story()
    panel = story.open()
    path = reverse("panels:reply", args=[panel.ref])
    assert (
        signed_in(story.lead).post(path, {"kind": "message", "text": "x", "idempotency_key": "no"}).status_code == 302
    )


@pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])
def test_of_parallel_repeats_one_runs():
    story = Story()
    panel = story.open()
    key, barrier, seen = str(uuid.uuid4()), threading.Barrier(6), []
    clients = [signed_in(story.lead) for _ in range(6)]

    def post(client):
        barrier.wait()
        fields = {"kind": "message", "text": "once", "idempotency_key": key}
        seen.append(client.post(reverse("panels:reply", args=[panel.ref]), fields).status_code)
        connection.close()

    threads = [threading.Thread(target=post, args=[client]) for client in clients]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert seen == [302] * 6
    assert Message.objects.count() == 1


def test_the_second_of_two_editors_sees_both_texts_and_can_save_on_top():
    story = Story()
    case = story.case
    client, path = signed_in(story.lead), reverse("cases:edit", args=[case.pk])
    page = {
        f"{name}-{part}": "0"
        for name in ("diagnoses", "findings", "labs", "variants", "treatments")
        for part in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    old = case.version
    assert client.post(path, {**page, "version": old, "summary": "theirs"}).status_code == 302
    mine = {**page, "version": old, "summary": "mine", "idempotency_key": str(uuid.uuid4())}
    for _sent in ("once", "again, because the answer was lost"):
        clash = client.post(path, mine)
        assert clash.status_code == 409
        assert "theirs" in clash.content.decode()
        assert "mine" in clash.content.decode()
    case.refresh_from_db()
    assert case.summary == "theirs"
    assert client.post(path, {**page, "version": old + 1, "summary": "mine"}).status_code == 302


def test_a_finding_sent_twice_stands_once():
    story = Story()
    client, path = signed_in(story.lead), reverse("cases:findings", args=[story.case.pk])
    row = {"do": "add", "label": "An own word", "present": "1", "idempotency_key": str(uuid.uuid4())}
    first, second = client.post(path, row), client.post(path, row)
    assert (first.url, second.url) == (path, path)
    assert [one.label for one in story.case.findings.all()].count("An own word") == 1


def test_two_windows_of_one_profile_show_both_names_and_keeping_theirs_leads_back():
    person = UserFactory(display_name="Dr First")
    client, path = signed_in(person), reverse("profile")
    fields = {"job_title": "", "zone": "Europe/Helsinki", "theme": "auto", "version": person.version}
    assert client.post(path, {**fields, "display_name": "Dr Second"}).status_code == 302
    clash = client.post(path, {**fields, "display_name": "Dr Third"}, headers={"referer": f"http://testserver{path}"})
    assert (clash.status_code, clash.context["back"]) == (409, path)
    assert [(one.name, one.mine, one.theirs, one.choice) for one in clash.context["clash"].fields] == [
        ("display_name", "Dr Third", "Dr Second", None)
    ]
    again = {**fields, "display_name": "Dr Third", "version": clash.context["version"], "stood_at": "//evil.example"}
    assert client.post(path, again).status_code == 302


def test_what_nobody_types_is_chosen_and_saved_as_it_was_chosen():
    person = UserFactory(display_name="Dr First", shortcuts=False)
    client, path = signed_in(person), reverse("profile")
    fields = {"display_name": "Dr First", "job_title": "", "zone": "Europe/Helsinki", "version": person.version}
    assert client.post(path, {**fields, "theme": "dark", "shortcuts": "on"}).status_code == 302
    clash = client.post(path, {**fields, "theme": "light"})
    assert [(one.name, one.mine, one.theirs, one.choice) for one in clash.context["clash"].fields] == [
        ("theme", "light", "dark", ("light", "dark")),
        ("shortcuts", "no", "yes", ("", "on")),
    ]
    chosen = {**fields, "version": clash.context["version"], "theme": "dark", "shortcuts": ""}
    assert client.post(path, chosen).status_code == 302
    person.refresh_from_db()
    assert (person.theme, person.shortcuts) == ("dark", False)


def test_nothing_is_kept_about_what_its_writer_no_longer_sees():
    story = Story()
    panel = story.open(story.expert)
    story.seat(story.expert)
    typed = {"form": f"reply:{panel.ref}", "path": panel.get_absolute_url()}
    expert, lead = signed_in(story.expert), signed_in(story.lead)
    assert send(expert, **typed).status_code == send(lead, **typed).status_code == 200
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    assert [draft.user for draft in Draft.objects.all()] == [story.lead]  # the treating side still sees its patient
    assert send(expert, **typed).status_code == 404
    assert not Draft.objects.filter(user=story.expert).exists()


def test_an_open_tab_does_not_bring_an_erased_case_back():
    story = Story()
    typed = {"form": f"case:{story.case.pk}", "path": reverse("cases:edit", args=[story.case.pk])}
    client = signed_in(story.lead)
    assert send(client, **typed).status_code == 200
    erase(story.patient, by=story.lead)
    assert not Draft.objects.exists()
    assert send(client, **typed).status_code == 404
    assert not Draft.objects.exists()


def test_every_night_drafts_go_with_the_sight_of_what_they_are_about():
    story = Story()
    panel = story.open()
    stranger, path = UserFactory(), panel.get_absolute_url()
    for who in (stranger, story.lead):
        actions.save_draft(form=f"reply:{panel.ref}", label="", path=path, fields={"text": "x"}, by=who)
    assert forget_unseen() == 1
    assert Draft.objects.get().user == story.lead


@pytest.mark.parametrize("total", ["4", "9" * 5000])
def test_a_draft_that_says_it_has_rows_without_end_has_those_that_were_typed(total):
    typed = {"labs-TOTAL_FORMS": total, "labs-0-name": "a", "labs-2-name": "b", "labs-3-name": "", "labs-x-name": "c"}
    assert queries.rows_of(typed, "labs", begun_by=["name"]) == [{"name": "a"}, {"name": "b"}]


def test_a_draft_that_is_no_form_is_said_to_be_none():
    """Whatever a browser may send."""
    client, path = signed_in(UserFactory()), reverse("drafts")
    for body in (
        "[" * 100_000,
        '{"form": "x", "fields": ' + '{"a": ' * 100_000,
        "[]",
        "null",
        '{"form": "x", "fields": 3}',
    ):
        assert client.post(path, body, content_type="application/json").status_code == 400
