"""Files of figures that a worker makes: pages of a period, long workbooks, the evidence of a centre."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pikepdf
import pytest
from django.urls import reverse
from openpyxl import load_workbook

from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.jobs.models import Job
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import Notice
from helpdesk import actions, kpis
from helpdesk.kpis.evidence import FACTS, evidence_of
from helpdesk.models import FigureFile, MonthlyKpi
from helpdesk.states import KEPT_FOR, MOST_TRIES
from tests.clients import signed_in
from tests.factories import GroupFactory, Story, UserFactory, give_role
from tests.helpdesk.test_few import WANTED, Home

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
SAID = {"purpose": "evaluation", "words": "Yearly report"}
EVIDENCE_QUERIES = len(FACTS) + 3


@pytest.fixture
def home():
    """A network with frozen lines of a quarter."""
    home = Home()
    for month in WANTED:
        MonthlyKpi.objects.bulk_create(home.lines(month, [9, 7, 1, 9, 9, 9], [0] * 6))
    return home


def reader(role, **held):
    user = UserFactory(role="none")
    give_role(user, role, **held)
    return user


def made(file):
    """As the worker does, twice."""
    for _again in range(2):
        actions.make_file(str(file.pk), by=None)
    file.refresh_from_db()
    return file


def words_of(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def test_pages_of_a_quarter_are_ordered_made_watched_and_fetched(home):
    user = reader(Role.NETWORK_COORDINATOR, network=home.network)
    client, month = signed_in(user), "2024-03"
    asked = {**SAID, "period": "2024-Q1", "kind": "pdf"}
    answer = client.post(reverse("kpis_export", args=[month]), asked, secure=True)
    file = FigureFile.objects.get()
    assert answer.url == file.get_absolute_url()
    assert Job.objects.get(task="helpdesk.make_file").ids == {"file_id": str(file.pk)}
    page = client.get(answer.url, secure=True).content.decode()
    assert "Figures of Quarter 1 of 2024" in page
    assert reverse("figures_progress", args=[file.pk]) in page
    download = reverse("figures_download", args=[file.pk])
    assert client.get(download, secure=True).status_code == 403
    made(file)
    assert (file.state, file.progress, file.filename) == ("ready", 100, "cpms-2024-Q1.pdf")
    fragment = client.get(reverse("figures_progress", args=[file.pk]), secure=True).content.decode()
    assert "data-done" in fragment
    fetched = client.get(download, secure=True)
    document = words_of(fetched.content)
    assert document.Root.MarkInfo.Marked
    assert document.Root.Lang == "en"
    assert document.docinfo["/Title"] == "Figures of Quarter 1 of 2024"
    kept = AuditEvent.objects.get(event=Event.KPI_EXPORTED).detail
    lines = kpis.places_for(user, kpis.period_of("2024-Q1"))
    assert kept == {"count": lines, "kind": "pdf", "stage": "2024-Q1", "verb": "evaluation", "reason": SAID["words"]}
    assert AuditEvent.objects.filter(event=Event.KPI_FILE_READ, actor_id=user.pk).count() == 1
    other = signed_in(reader(Role.NETWORK_COORDINATOR, network=home.network))
    assert [other.get(at, secure=True).status_code for at in (file.get_absolute_url(), download)] == [404, 404]


def test_a_long_workbook_is_made_by_a_worker_and_a_longer_one_is_refused(home, monkeypatch):
    client = signed_in(reader(Role.NETWORK_COORDINATOR, network=home.network))
    address, asked = reverse("kpis_export", args=["2024-01"]), {**SAID, "period": "2024-01", "kind": "xlsx"}
    assert client.post(address, asked, secure=True).status_code == 200
    monkeypatch.setattr("helpdesk.views.AT_ONCE", 3)
    assert client.post(address, asked, secure=True).status_code == 302
    book = load_workbook(io.BytesIO(made(FigureFile.objects.get()).data))
    assert book["Figures"].max_row == 1 + MonthlyKpi.objects.filter(month=WANTED[0]).count()
    monkeypatch.setitem(kpis_most(), "xlsx", 5)
    refused = client.post(address, asked, secure=True)
    assert refused.status_code == 422
    assert "Choose CSV" in refused.content.decode()
    assert 'value="Yearly report"' in refused.content.decode()


def kpis_most():
    from helpdesk import forms

    return forms.MOST_ROWS


def test_a_file_is_gone_for_who_sees_less_and_after_some_days(home):
    user = reader(Role.NETWORK_COORDINATOR, network=home.network)
    period = kpis.period_of("2024-01")
    file = made(actions.order_figures(period, kind="pdf", count=kpis.places_for(user, period), by=user, **SAID))
    user.memberships.all().delete()
    give_role(user, Role.GROUP_COORDINATOR, group=home.groups[0])
    fresh = type(user).objects.get(pk=user.pk)
    with pytest.raises(Refused, match="not what it was"):
        actions.fetch_file(file, by=fresh)
    assert actions.forget_files(by=None) == 0
    FigureFile.objects.update(asked_at=clock.now() - KEPT_FOR - dt.timedelta(hours=1))
    assert actions.forget_files(by=None) == 1
    actions.make_file(str(file.pk), by=None)
    assert not FigureFile.objects.exists()


def ordered(home, user, kind="pdf", name="2024-01"):
    period = kpis.period_of(name)
    return actions.order_figures(period, kind=kind, count=kpis.places_for(user, period), by=user, **SAID)


def test_a_file_made_with_an_exact_centre_does_not_outlive_that_right(home):
    """As many places as before, and one of them no longer exactly."""
    user = reader(Role.REPRESENTATIVE, centre=home.centres[2])
    file = made(ordered(home, user))
    assert actions.fetch_file(file, by=type(user).objects.get(pk=user.pk))
    give_role(user, Role.GROUP_COORDINATOR, group=GroupFactory(network=home.network, number=9))
    fresh = type(user).objects.get(pk=user.pk)
    assert kpis.places_for(fresh, kpis.period_of("2024-01")) == file.count
    with pytest.raises(Refused, match="not what it was"):
        actions.fetch_file(file, by=fresh)


def test_a_file_of_other_places_as_many_as_before_is_refused(home):
    user = reader(Role.GROUP_COORDINATOR, group=home.groups[0])
    file = made(ordered(home, user))
    user.memberships.all().delete()
    give_role(user, Role.GROUP_COORDINATOR, group=home.groups[1])
    with pytest.raises(Refused, match="not what it was"):
        actions.fetch_file(file, by=type(user).objects.get(pk=user.pk))


def broken(file):
    """A file whose making fails in a way that nobody thought of: its period is none."""
    FigureFile.objects.filter(pk=file.pk).update(period="0000")
    for _try in range(MOST_TRIES - 1):
        with pytest.raises(ValueError, match="0000"):
            actions.make_file(str(file.pk), by=None)
    actions.make_file(str(file.pk), by=None)
    file.refresh_from_db()
    return file


def test_a_file_that_cannot_be_made_has_failed_is_told_and_is_made_again(home):
    user = reader(Role.NETWORK_COORDINATOR, network=home.network)
    client, file = signed_in(user), broken(ordered(home, user))
    assert (file.state, file.tries) == ("failed", MOST_TRIES)
    assert OutboxMessage.objects.get(notice=Notice.FIGURES_FAILED).recipient == user
    assert AuditEvent.objects.filter(event=Event.KPI_FILE_FAILED, actor_id=user.pk).count() == 1
    page = client.get(file.get_absolute_url(), secure=True).content.decode()
    assert "Nothing was taken out" in page
    assert "Make it again" in page
    FigureFile.objects.update(period="2024-01")
    again = reverse("figures_again", args=[file.pk])
    assert client.post(again, secure=True).url == file.get_absolute_url()
    assert client.post(again, secure=True).status_code == 403
    assert made(file).state == "ready"
    assert AuditEvent.objects.filter(event=Event.KPI_EXPORTED, actor_id=user.pk).count() == 1
    assert AuditEvent.objects.filter(event=Event.KPI_FILE_AGAIN, actor_id=user.pk).count() == 1


def test_a_file_whose_job_was_lost_is_asked_for_again_and_has_failed_after_three_tries(home):
    file = ordered(home, reader(Role.NETWORK_COORDINATOR, network=home.network))
    assert actions.look_after_files(by=None) == 0
    Job.objects.update(state="given_up")
    assert [actions.look_after_files(by=None) for _again in range(2)] == [1, 0]
    Job.objects.update(state="given_up")
    FigureFile.objects.update(state="making", tries=MOST_TRIES)
    assert [actions.look_after_files(by=None) for _again in range(2)] == [1, 0]
    file.refresh_from_db()
    assert file.state == "failed"


def test_a_year_of_more_lines_than_a_worker_reads_in_its_time_is_refused(home, monkeypatch):
    client = signed_in(reader(Role.NETWORK_COORDINATOR, network=home.network))
    monkeypatch.setattr("helpdesk.forms.MOST_LINES", 100)
    asked = {**SAID, "period": "2024", "kind": "xlsx"}
    refused = client.post(reverse("kpis_export", args=["2024-01"]), asked, secure=True)
    assert refused.status_code == 422
    assert "or a shorter period" in refused.content.decode()


@pytest.fixture
def story():
    story = Story()
    story.open(story.expert)
    story.seat(story.expert)
    story.contribute(story.expert)
    return story


def year_of(found, words):
    return next(counts[-1] for fact, counts in found.lines if fact.words == words)


def test_the_evidence_counts_what_the_centre_did_and_only_its_own_people_see_it_exactly(
    story, django_assert_num_queries
):
    centre = story.lead.centre
    own, over = (
        reader(Role.REPRESENTATIVE, centre=centre),
        reader(Role.NETWORK_COORDINATOR, network=story.panel.network),
    )
    with django_assert_num_queries(EVIDENCE_QUERIES):
        found = evidence_of(centre, own)
    assert [year_of(found, words) for words in ("Panels opened", "Patients entered", "Patients reviewed")] == [1, 1, 1]
    assert (found.exact, found.years[-1]) == (True, clock.today(dt.UTC).year)
    rounded = evidence_of(centre, over)
    assert (year_of(rounded, "Panels opened"), rounded.exact) == ("under 5", False)
    there = evidence_of(story.expert.centre, own)
    assert {year_of(there, "Panels opened")} == ({1} if story.expert.centre == centre else {0})
    counted = {
        words: year_of(evidence_of(story.expert.centre, over), words) for words in ("Experts answering", "Outcomes")
    }
    assert counted == {"Experts answering": "under 5", "Outcomes": 0}


def test_a_pack_is_asked_for_made_and_holds_pages_and_a_workbook(story):
    centre = story.lead.centre
    client = signed_in(reader(Role.SUBSTITUTE, centre=centre))
    address = reverse("kpis_evidence", args=[centre.pk])
    assert "get exact figures" in client.get(address, secure=True).content.decode()
    assert client.post(address, SAID | {"words": ""}, secure=True).status_code == 422
    answer = client.post(address, SAID, secure=True)
    file = made(FigureFile.objects.get(centre=centre))
    assert f"Evidence of {centre}" in client.get(answer.url, secure=True).content.decode()
    fetched = client.get(reverse("figures_download", args=[file.pk]), secure=True)
    pack = zipfile.ZipFile(io.BytesIO(fetched.content))
    pages, book = sorted(pack.namelist())
    assert words_of(pack.read(pages)).Root.MarkInfo.Marked
    rows = {row[0]: row[1:] for row in load_workbook(io.BytesIO(pack.read(book)))["Years"].values}
    assert rows["Panels opened"][-2:] == (1, FACTS[0].formula)
    assert story.patient.pseudonym.encode() not in fetched.content
    assert AuditEvent.objects.get(event=Event.KPI_EXPORTED).subject_id == str(centre.pk)


def test_who_may_not_take_the_evidence_is_refused(story):
    centre = story.lead.centre
    staff = reader(Role.HELPDESK_ADULT, network=story.panel.network)
    assert signed_in(staff).get(reverse("kpis_evidence", args=[centre.pk]), secure=True).status_code == 403
    with pytest.raises(Refused, match="representatives"):
        actions.order_evidence(centre, by=staff, **SAID)
    assert not FigureFile.objects.exists()
