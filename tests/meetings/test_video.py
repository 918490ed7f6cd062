"""Video on a network's own server: the way in is made at the click, for one person and ten minutes, and recorded nowhere."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import http.server
import json
import threading
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.urls import reverse
from icalendar import Calendar

from consent import actions as consent
from consent.states import Stage
from cpms import clock
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.notifications.models import OutboxMessage
from helpdesk.admin.seen import state_of
from panels.meetings import actions, video
from panels.meetings.models import Attendance, Meeting, VideoService
from panels.meetings.states import Rhythm, VideoKind
from tests.clients import signed_in
from tests.factories import NetworkFactory, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
SECRET = "a secret of the server, as long as SHA-256 asks"


@pytest.fixture
def staff(story):
    person = UserFactory(role="none")
    give_role(person, Role.HELPDESK_ADULT, network=story.panel.network)
    return person


@pytest.fixture
def jitsi(story, staff):
    server = VideoService(network=story.panel.network, address="https://meet.example/", app_id="cpms")
    return actions.save_service(server, secret=SECRET, by=staff)


class Answering(http.server.BaseHTTPRequestHandler):
    """As much of BigBlueButton as opens a room."""

    def do_GET(self):
        self.server.asked.append(self.path)
        self.send_response(200)
        self.end_headers()
        drops = getattr(self.server, "drops", None)
        while drops is not None and not drops.wait(0.1):
            self.wfile.write(b" ")
        self.wfile.write(self.server.answer.encode())

    def log_message(self, *_words):
        """Nothing on the terminal."""


@pytest.fixture
def answering():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.asked, server.answer = [], "<returncode>SUCCESS</returncode><createTime>1790</createTime>"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def now(story, link=""):
    return actions.schedule(story.fresh(), starts_at=clock.now(), minutes=30, link=link, by=story.lead)


def way_in(user, meeting):
    return signed_in(user).get(reverse("meetings:join", args=[meeting.pk]))


def read_token(address):
    """The claims, when the signature holds."""
    signed, _, signature = parse_qs(urlsplit(address).query)["jwt"][0].rpartition(".")
    own = base64.urlsafe_b64encode(hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).digest()).rstrip(b"=")
    assert own.decode() == signature
    head, body = (json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in signed.split("."))
    assert head == {"alg": "HS256", "typ": "JWT"}
    return body


def test_jitsi_lets_each_person_into_one_room_for_ten_minutes_and_records_nothing(story, jitsi):
    meeting = now(story)
    assert len(meeting.room) == 32
    assert meeting.room != now(story).room
    answer = way_in(story.expert, meeting)
    assert answer.url.startswith(f"https://meet.example/{meeting.room}?jwt=")
    assert answer["Cache-Control"] == "no-store"
    claims = read_token(answer.url)
    assert (claims["aud"], claims["iss"], claims["sub"], claims["room"]) == (
        "jitsi",
        "cpms",
        "meet.example",
        meeting.room,
    )
    assert 590 < claims["exp"] - clock.now().timestamp() <= 600
    assert claims["context"]["features"] == {"recording": False, "livestreaming": False, "transcription": False}
    assert (claims["context"]["user"]["name"], claims["context"]["user"]["moderator"]) == ("Dr Expert Person", False)
    assert read_token(way_in(story.lead, meeting).url)["context"]["user"]["moderator"] is True
    joined = AuditEvent.objects.filter(event="meeting_joined", subject_id=str(meeting.pk))
    assert set(joined.values_list("actor_id", flat=True)) == {story.expert.pk, story.lead.pk}
    assert meeting.attendance.filter(present=True).count() == 2


def test_no_mail_and_no_page_holds_room_link_or_secret(story, jitsi):
    linked, hosted = now(story, "https://video.example/private"), now(story)
    for message in OutboxMessage.objects.exclude(calendar=""):
        event = next(iter(Calendar.from_ical(message.calendar).walk("VEVENT")))
        assert str(event["url"]).startswith("http://localhost/meetings/")
        assert not any(word in message.calendar for word in ("video.example", "meet.example", hosted.room))
    for meeting in (linked, hosted):
        for name in ("meetings:detail", "meetings:sheet"):
            page = signed_in(story.expert).get(reverse(name, args=[meeting.pk])).content.decode()
            assert reverse("meetings:join", args=[meeting.pk]) in page
            assert not any(word in page for word in ("video.example", "meet.example", hosted.room))
    with connection.cursor() as cursor:
        cursor.execute("select secret from meetings_videoservice")
        assert SECRET.encode() not in bytes(cursor.fetchone()[0])


def test_without_consent_or_seat_there_is_no_way_in(story, jitsi):
    meeting = now(story)
    assert way_in(UserFactory(), meeting).status_code == 404
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    assert way_in(story.expert, meeting).status_code == 404
    assert way_in(story.lead, meeting).status_code == 403
    assert signed_in(story.lead).get(reverse("meetings:talk", args=[story.panel.ref])).status_code == 403
    assert not AuditEvent.objects.filter(event="meeting_joined").exists()


def test_big_blue_button_opens_the_room_without_recording_and_binds_the_way_in_to_its_session(story, staff, answering):
    port = answering.server_address[1]
    server = VideoService(
        network=story.panel.network, kind=VideoKind.BIG_BLUE_BUTTON, address=f"http://127.0.0.1:{port}"
    )
    actions.save_service(server, secret=SECRET, by=staff)
    meeting = now(story)
    answer = urlsplit(way_in(story.expert, meeting).url)
    created = urlsplit(answering.asked[0])
    for address, name in ((created, "create"), (answer, "join")):
        query, _, checksum = address.query.rpartition("&checksum=")
        assert address.path == f"/bigbluebutton/api/{name}"
        assert hashlib.sha256(f"{name}{query}{SECRET}".encode()).hexdigest() == checksum
    opened, words = parse_qs(created.query), parse_qs(answer.query)
    assert (opened["meetingID"], opened["record"], opened["allowStartStopRecording"]) == (
        [meeting.room],
        ["false"],
        ["false"],
    )
    assert (words["createTime"], words["role"], words["fullName"]) == (["1790"], ["VIEWER"], ["Dr Expert Person"])
    answering.answer = "<returncode>FAILED</returncode>"
    refused = way_in(story.expert, meeting)
    assert refused.status_code == 403
    assert "gives no room" in refused.content.decode()
    answering.shutdown()
    answering.server_close()
    assert "does not answer" in way_in(story.expert, meeting).content.decode()


def test_a_server_that_answers_drop_by_drop_is_left(story, staff, answering, monkeypatch):
    address = f"http://127.0.0.1:{answering.server_address[1]}"
    server = VideoService(network=story.panel.network, kind=VideoKind.BIG_BLUE_BUTTON, address=address)
    actions.save_service(server, secret=SECRET, by=staff)
    answering.drops = threading.Event()
    monkeypatch.setattr(video, "PATIENCE", 0.3)
    began = time.monotonic()
    refused = way_in(story.expert, now(story))
    answering.drops.set()
    assert (refused.status_code, "does not answer" in refused.content.decode()) == (403, True)
    assert time.monotonic() - began < 5


def test_a_talk_has_one_room_for_the_panel_and_leaves_a_line_in_the_audit_and_nothing_else(story, jitsi):
    path = reverse("meetings:talk", args=[story.panel.ref])
    rooms = {urlsplit(signed_in(person).get(path).url).path for person in (story.lead, story.expert)}
    assert len(rooms) == 1
    assert rooms != {f"/{story.panel.ref}"}
    assert (
        Meeting.objects.count(),
        Attendance.objects.count(),
        OutboxMessage.objects.filter(notice="meeting").count(),
    ) == (0, 0, 0)
    rows = AuditEvent.objects.filter(event="meeting_joined")
    assert {(row.actor_id, row.patient_id, row.detail["verb"]) for row in rows} == {
        (person.pk, story.patient.pk, "nothing kept") for person in (story.lead, story.expert)
    }
    assert signed_in(UserFactory()).get(path).status_code == 404


def test_from_the_panel_to_a_meeting_that_runs_in_two_interactions(story, jitsi):
    client = signed_in(story.lead)
    page = client.get(reverse("meetings:schedule", args=[story.panel.ref])).content.decode()
    assert "Meet now" in page
    answer = client.post(reverse("meetings:meet_now", args=[story.panel.ref]))
    meeting = Meeting.objects.get()
    assert answer.url == reverse("meetings:sheet", args=[meeting.pk])
    assert abs((meeting.starts_at - clock.now()).total_seconds()) < 60
    assert OutboxMessage.objects.filter(notice="meeting", recipient=story.expert).count() == 1


def test_meetings_of_a_series_get_a_room_each_and_none_without_a_server(story, staff):
    chair = UserFactory()
    give_role(chair, Role.GROUP_COORDINATOR, group=story.group)

    def start(**more):
        when = {"rhythm": Rhythm.WEEKLY, "first_on": clock.today() + dt.timedelta(days=1), "at": dt.time(16)}
        series = actions.start_series(
            groups=[story.group], name="Board", minutes=60, slots=2, people=[], by=chair, link="", **when
        )
        return list(series.meetings.values_list("room", flat=True))

    assert set(start()) == {""}
    meeting = now(story)
    refused = way_in(story.lead, meeting)
    assert (refused.status_code, "no video link" in refused.content.decode()) == (403, True)
    assert signed_in(story.lead).get(reverse("meetings:talk", args=[story.panel.ref])).status_code == 403
    server = VideoService(network=story.group.network, address="https://meet.example", app_id="cpms")
    actions.save_service(server, secret=SECRET, by=staff)
    rooms = start()
    assert len(set(rooms)) == len(rooms) > 10
    VideoService.objects.all().delete()
    hosted = Meeting.objects.filter(series__isnull=False).exclude(room="").first()
    assert "no video server of its own" in way_in(chair, hosted).content.decode()


def test_staff_set_the_server_of_their_own_network_and_never_see_its_secret(story, staff):
    client, add = signed_in(staff), reverse("helpdesk:meetings_videoservice_add")
    elsewhere = NetworkFactory(code="BOND", name="ERN BOND")
    fields = {"network": story.panel.network.pk, "kind": "jitsi", "address": "https://meet.example", "app_id": "cpms"}
    assert client.post(add, fields).status_code == 200
    assert client.post(add, {**fields, "new_secret": "x", "address": "http://meet.example"}).status_code == 200
    assert client.post(add, {**fields, "new_secret": "x", "network": elsewhere.pk}).status_code == 200
    assert not VideoService.objects.exists()
    assert client.post(add, {**fields, "new_secret": SECRET}).status_code == 302
    made = VideoService.objects.get()
    assert (made.secret, made.changed_by) == (SECRET, staff)
    change = reverse("helpdesk:meetings_videoservice_change", args=[made.pk])
    assert SECRET not in client.get(change).content.decode()
    fields |= {"seen": state_of(made)}
    assert client.post(change, {**fields, "app_id": "other", "new_secret": ""}).status_code == 302
    made = VideoService.objects.get()
    assert (made.secret, made.app_id) == (SECRET, "other")
    assert AuditEvent.objects.filter(event="video_changed").count() == 2
