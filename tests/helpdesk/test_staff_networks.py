"""Each helpdesk finds on the staff site what is of its own networks alone, whatever the site registers."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from consent.models import ConsentForm, Registry
from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.models import AdvocacyGroup, Centre, Membership, Network, ThematicGroup, User
from cpms.accounts.roles import Role
from cpms.jobs import actions as jobs
from cpms.jobs.models import Job
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import Notice
from helpdesk.admin import site
from helpdesk.models import MonthlyKpi
from helpdesk.queries.today import mails
from panels.cases import actions as cases
from panels.cases.models import CaseForm
from panels.meetings import actions as meetings
from panels.meetings.models import VideoService
from tests.clients import signed_in
from tests.factories import AccessRequestFactory, CentreFactory, GroupFactory, NetworkFactory, UserFactory, give_role
from tests.factories.story import case_form

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
OF_ALL = {Network, ConsentForm, Registry}
"""What has no network, and the names of the networks themselves."""


class House:
    """A network with something of everything that the site shows."""

    def __init__(self, code: str) -> None:
        self.network = NetworkFactory(code=code, name=f"ERN {code}")
        self.centre = CentreFactory(network=self.network, name=f"Hospital {code}")
        self.person = UserFactory(centre=self.centre)
        self.desk = UserFactory(centre=None, role="none")
        give_role(self.desk, Role.HELPDESK_ADULT, network=self.network)
        month = clock.today().replace(day=1)
        counts = dict.fromkeys(MonthlyKpi.COLUMNS, 4242)
        line = MonthlyKpi.objects.create(month=month, network=self.network, figures={"messages": 4343}, **counts)
        self.stranger = AccessRequestFactory(centre=self.centre, email=f"asks-{code.lower()}@far.example")
        notifications.notify([self.person], notice=Notice.ACCOUNT_READY, by=None, about=self.person)
        notifications.notify_address(self.stranger.email, notice=Notice.ACCESS_ASKED, about=self.stranger)
        body = case_form("core").body
        self.form = CaseForm.objects.create(
            slug=f"of-{code.lower()}", version=1, title="Draft", network=code, body=body
        )
        video = VideoService(network=self.network, address=f"https://{code.lower()}.example")
        self.rows = {
            User: self.person,
            Centre: self.centre,
            Membership: self.person.memberships.get(),
            AdvocacyGroup: AdvocacyGroup.objects.create(network=self.network, name=f"Patients {code}", country="FI"),
            ThematicGroup: GroupFactory(network=self.network, number=7),
            MonthlyKpi: line,
            OutboxMessage: OutboxMessage.objects.get(recipient=self.person),
            VideoService: meetings.save_service(video, secret="an invented secret of the tests", by=self.desk),
            CaseForm: self.form,
        }

    @property
    def mail_to_stranger(self) -> OutboxMessage:
        return OutboxMessage.objects.get(address=self.stranger.email)


@pytest.fixture
def house():
    return House("BOND")


@pytest.fixture
def others(house):
    return House("LUNG")


def address(row, page="changelist"):
    args = [row.pk] if page == "change" else []
    return reverse(f"helpdesk:{row._meta.app_label}_{row._meta.model_name}_{page}", args=args)


def test_whatever_is_registered_each_helpdesk_finds_its_own(house, others):
    assert set(site._registry) == OF_ALL | set(house.rows) | {Job}
    client = signed_in(house.desk)
    for model, mine in house.rows.items():
        theirs = others.rows[model]
        listed = set(client.get(address(mine)).context["cl"].queryset.values_list("pk", flat=True))
        assert (model, mine.pk in listed, theirs.pk in listed) == (model, True, False)
        assert (model, client.get(address(mine, "change")).status_code) == (model, 200)
        assert (model, client.get(address(theirs, "change")).status_code) == (model, 302)


def test_jobs_and_unknown_addresses_are_for_the_core_helpdesk(house, others):
    jobs.enqueue("meetings.leave", panel_id="x", user_id="y")
    nobody = UserFactory(centre=None, role="none")
    notifications.notify_address("somebody@far.example", notice=Notice.ADDRESS_UNKNOWN, about=nobody)
    unknown = OutboxMessage.objects.get(address="somebody@far.example")
    core = UserFactory(centre=None, role="none")
    give_role(core, Role.CORE_HELPDESK)
    for by, strangers, all_jobs in (
        (house.desk, {house.mail_to_stranger}, 0),
        (core, {house.mail_to_stranger, others.mail_to_stranger, unknown}, Job.objects.count()),
    ):
        client = signed_in(by)
        seen = client.get(reverse("helpdesk:notifications_outboxmessage_changelist")).context["cl"].queryset
        assert set(seen.filter(recipient=None)) == strangers
        assert client.get(reverse("helpdesk:jobs_job_changelist")).context["cl"].queryset.count() == all_jobs


def test_the_page_of_today_names_the_mails_of_the_own_networks_alone(house, others):
    OutboxMessage.objects.update(due_at=clock.now() - dt.timedelta(days=2))
    mine = {house.rows[OutboxMessage].pk, house.mail_to_stranger.pk}
    part = mails(house.desk)
    assert ({row.key for row in part.rows}, part.count) == (mine, 2)


def test_no_raw_figure_stands_on_the_staff_site(house):
    client = signed_in(house.desk)
    for page in (address(house.rows[MonthlyKpi]), address(house.rows[MonthlyKpi], "change")):
        words = client.get(page).content.decode()
        assert ("4242" in words, "4343" in words) == (False, False)


def test_a_form_of_another_network_is_neither_saved_nor_published(house, others):
    for act in (cases.save_case_form, cases.publish_case_form):
        with pytest.raises(Refused, match="own helpdesk"):
            act(others.form, by=house.desk)
    sent = {"slug": "x", "version": 1, "title": "X", "network": "LUNG", "number": "", "body": others.form.body}
    page = signed_in(house.desk).post(reverse("helpdesk:cases_caseform_add"), sent)
    assert "network" in page.context["adminform"].form.errors
    assert cases.publish_case_form(house.form, by=house.desk).published_at


def test_a_networks_reminders_are_read_by_its_helpdesk_and_set_by_its_coordinators(house, others):
    coordinator = UserFactory(centre=None, role="none", display_name="Carla Coordinator")
    give_role(coordinator, Role.NETWORK_COORDINATOR, network=house.network)
    notifications.set_rules(house.network, rules={"answer": [2, 4, 9]}, version=house.network.version, by=coordinator)
    pages = [reverse("helpdesk:accounts_network_change", args=[one.network.pk]) for one in (house, others)]
    mine, theirs = (signed_in(house.desk).get(page).content.decode() for page in pages)
    assert "An invitation is not answered: <b>2, 4, 9</b> (usually 3, 7)" in mine
    assert "A signature is missing: <b>5</b></li>" in mine
    assert ("Carla Coordinator" in mine, reverse("chasing") in mine) == (True, False)
    assert "An invitation is not answered" not in theirs
    give_role(house.desk, Role.NETWORK_COORDINATOR, network=house.network)
    page = signed_in(house.desk).get(pages[0]).content.decode()
    assert f"{reverse('chasing')}?network={house.network.pk}" in page
