"""The demonstration network shows the founding figures, from ordinary rows."""

from __future__ import annotations

import datetime as dt
import io
import time

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, get_hasher
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, Max, Sum
from django_otp import verify_token

from consent.models import Consent
from consent.states import Stage
from cpms import clock
from cpms.accounts.models import AdvocacyGroup, Centre, CentreMembership, Membership, Network, TotpDevice, User
from cpms.accounts.roles import POWERFUL, Role
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.jobs.models import Job
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.states import MailState, Verb
from helpdesk import kpis
from helpdesk.demo import archive, concluded, conditions, people, running
from helpdesk.models import MonthlyKpi
from outcomes import queries as surveys_of
from outcomes.models import Effect, FollowUp, OutcomeDocument, SurveyRound, Topic
from outcomes.states import Decision
from panels.models import Contribution, Invitation, Panel, PanelStep
from panels.states import State
from tests.helpdesk.histories import lines_of

pytestmark = [pytest.mark.long, pytest.mark.django_db(databases=["default", "cachedb"])]


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup, django_db_blocker):
    """Loaded once for all tests of this file, and taken back after the last of them."""
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.DEMO", True)
        out = io.StringIO()
        call_command("load_demo", stdout=out)
        yield out.getvalue()
        transaction.set_rollback(True)


def test_places_are_as_many_as_in_the_founding_network():
    kinds = dict(CentreMembership.objects.filter(network__code="ENDO").values_list("kind").annotate(n=Count("pk")))
    assert kinds == {"full": 71, "affiliated": 16}
    assert Centre.objects.filter(networks__code="ENDO").values("country").distinct().count() == 20
    assert AdvocacyGroup.objects.count() == 16
    assert Network.objects.get(code="ENDO").groups.main().count() == 8


def test_the_figures_are_counted_from_rows():
    network = Network.objects.get(code="ENDO")
    last = lines_of(network, dt.date(2020, 9, 1))[0]
    assert last.registered == 267
    months = MonthlyKpi.objects.filter(network__code="ENDO", group=None, centre=None, country="").order_by("month")
    assert (months.count(), months[0].month) == (34, dt.date(2017, 12, 1))
    assert all(50 <= line.active <= 65 for line in months)
    assert sum(line.panels_opened for line in months) == 89


def frozen_of(user, *years):
    """The network's frozen lines of these years, as a file of the year gives them."""
    coordinator = User.objects.get(email=f"{user}@demo.example")
    for year in years:
        rows = list(kpis.sums_for(coordinator, kpis.period_of(year)))
        yield next(row.figures for row in rows if row.line.is_whole), rows


def test_the_frozen_figures_say_what_the_network_reported():
    """Everything through the lines of the months: nothing of it is counted here."""
    years = [whole for whole, _rows in frozen_of("charlotte.vanbrederode", "2017", "2018", "2019", "2020")]
    panels = ("panels_opened", "outcomes", "entered", "first_replies", "panels_closed")
    totals = {name: sum(year[name] for year in years) for name in panels}
    months = MonthlyKpi.objects.filter(network__code="ENDO", group=None, centre=None, country="")
    assert totals == dict.fromkeys(panels, 89)
    assert [(year["survey_answers"], year["survey_useful"]) for year in years[1:]] == [(125, 7.2), (55, 7.6), (34, 8.0)]
    assert (years[-1]["survey_valued"], years[-1]["survey_again"]) == (7.3, 8.3)
    last = months.get(month=dt.date(2020, 9, 1))
    assert (last.figures["centres"], last.registered) == (71 + 16, 267)
    some = ("guests", "meetings", "attended", "minutes_spent", "opened_urgent", "entry_minutes_median", "advised")
    assert all(any(year[name] for year in years) for name in some)
    lines = MonthlyKpi.objects.filter(network__code="ENDO", month=dt.date(2020, 9, 1))
    assert lines.exclude(country="").count() == 20
    assert lines.exclude(centre=None).count() == 87


def test_the_lines_of_the_groups_add_up_to_what_each_had():
    groups = MonthlyKpi.objects.filter(network__code="ENDO").exclude(group=None).order_by().values_list("group__number")
    counts = {number: total for number, total in groups.annotate(n=Sum("panels_opened")) if total}
    assert counts == {number: topic.panels for number, topic in conditions.TOPICS.items()}
    assert max(counts, key=counts.get) == 2


def test_the_charts_say_what_the_founding_figures_show():
    whole = MonthlyKpi.objects.get(network__code="ENDO", month=dt.date(2020, 9, 1), group=None, centre=None, country="")
    growth, groups, *others = kpis.charts_of(User.objects.get(email="charlotte.vanbrederode@demo.example"), whole)
    assert [line.end for line in growth.lines if line.name != "Active"] == ["267 users", "89 panels"]
    assert (
        groups.finding == "Group 2, Disorders of calcium and phosphate homeostasis has the most panels, about 20 of 89"
    )
    assert [one.of for one in others] == ["Step", "Step", "Who", "Answer", "Answer"]


def test_who_oversees_several_networks_compares_them_rounded_to_ten():
    """The core helpdesk alone; the network's coordinator sees one, a national officer no network's own line."""
    charts = {}
    for key in ("matilde.fontes", "charlotte.vanbrederode", "oskar.wennerdal"):
        user = User.objects.get(email=f"{key}@demo.example")
        table = kpis.table_of(user, dt.date(2020, 9, 1))
        charts[key] = [one for one in kpis.charts_of(user, table.lines[0]) if getattr(one, "of", "") == "Network"]
        networks = {line.network.code for line in table.lines}
        assert networks == (
            {"ENDO"} if key.startswith("charlotte") else {"BOND", "ENDO", "GENTURIS"} - NOT_IN_SWEDEN[key]
        )
        assert key != "oskar.wennerdal" or {line.place for line in table.lines} >= {"Sweden"}
        assert key != "oskar.wennerdal" or not any(line.is_whole or line.group_id for line in table.lines)
    assert {key: len(found) for key, found in charts.items()} == {key: key == "matilde.fontes" for key in charts}
    (one,) = charts["matilde.fontes"]
    counts = {name: [cell.value for cell in cells] for name, cells in one.rows}
    assert list(counts.values()) == [[270, 90], [40, 10], [20, 10]]


NOT_IN_SWEDEN = {"oskar.wennerdal": {"GENTURIS"}, "matilde.fontes": set(), "charlotte.vanbrederode": set()}


def test_the_report_says_what_became_of_the_advice():
    parts = surveys_of.report_of(Network.objects.get(code="ENDO")).parts
    totals = [next(line.counts[-1] for line in part.lines if line.whole) for part in parts]
    assert totals[0] == 89
    assert all(total > 60 for total in totals)
    assert set(FollowUp.objects.answered().values_list("months", flat=True)) == {3, 12}
    coordinator = User.objects.get(email="charlotte.vanbrederode@demo.example")
    assert Topic.objects.visible_to(coordinator).exists()


def test_the_last_whole_month_has_active_people():
    month = (dt.datetime.now(dt.UTC).replace(day=1) - dt.timedelta(days=1)).date().replace(day=1)
    assert 50 <= lines_of(Network.objects.get(code="ENDO"), month)[0].active <= 65


def test_the_survey_and_the_effect_are_about_what_the_network_reported():
    rounds = [surveys_of.result_of(one) for one in SurveyRound.objects.order_by("number")]
    assert [one.answered["total"] for one in rounds] == [125, 55, 34]
    assert [score.mean for score in rounds[-1].scores] == [8.0, 7.3, 8.3]
    effects = dict(
        Effect.objects.filter(panel__network__code="ENDO").values_list("kind").annotate(n=Count("pk")).order_by()
    )
    assert (effects["changed"], effects["validated"]) == (30, 30)


def test_group_two_has_most_panels():
    closed = Panel.objects.filter(network__code="ENDO", state=State.CLOSED, closed_at__year__lte=2020)
    per_group = dict(closed.values_list("group__number").annotate(n=Count("pk")).order_by())
    assert per_group == {number: topic.panels for number, topic in conditions.TOPICS.items()}
    assert max(per_group, key=per_group.get) == 2
    assert sum(per_group.values()) == 89


def test_a_panel_of_the_archive_can_be_read_and_was_consented_to():
    panel = Panel.objects.with_case().order_by("ref").first()
    assert panel.question
    assert panel.contributions.first().text in conditions.ADVICE.values()
    assert panel.outcome.conclusion.startswith("The panel agrees on")
    assert panel.steps.count() == 3
    care = Consent.objects.in_force(Stage.CARE).values("patient")
    assert Panel.objects.exclude(case__patient__in=care).count() == 0


def test_members_of_the_archive_see_their_panels_and_others_do_not():
    seat = Invitation.objects.seated().select_related("invitee", "panel").first()
    assert seat.panel in Panel.objects.visible_to(seat.invitee)
    assert seat.panel.case in type(seat.panel.case).objects.visible_to(seat.invitee)
    outsider = User.objects.get(email="mikael.lindqvist@demo.example")
    assert not Panel.objects.visible_to(outsider).filter(state=State.CLOSED).exists()
    assert Contribution.objects.exclude(author__invitations__state="accepted").count() == 0


def test_panels_under_way_wait_for_the_listed_people():
    assert Panel.objects.running().count() == len(running.RUNNING)
    waiting = WorkItem.objects.filter(settled_at=None).values_list("who__email", flat=True).distinct()
    assert {
        f"{name}@demo.example" for plan in running.RUNNING for name in set(plan.invited) - set(plan.accepted)
    } <= set(waiting)
    assert not Panel.objects.visible_to(User.objects.get(email="aoife.nidhomhnaill@demo.example")).exists()


def test_the_first_person_of_the_list_finds_work_and_a_signed_outcome():
    first = User.objects.get(email=people.PEOPLE[0].email)
    assert {item.verb for item in WorkItem.objects.open().filter(who=first)} >= {Verb.ANSWER}
    over = Panel.objects.visible_to(first).get(state=State.CLOSED)
    assert {sign.decision for sign in over.outcome.signoffs.all()} == {Decision.SIGNED}
    assert over.outcome.items.count() == len(concluded.CONCLUDED.replies)
    assert OutcomeDocument.objects.filter(panel=over).count() == 1


def test_listed_people_have_the_shown_password_and_code():
    for person in people.PEOPLE:
        user = User.objects.get(email=person.email)
        device = TotpDevice.objects.get(user=user)
        assert verify_token(user, device.persistent_id, people.one_time_code(person, at=time.time()))
    assert check_password(people.PASSWORD, user.password)  # of the last: it is slow on purpose


def test_roles_are_held_as_the_page_says():
    def holders(role):
        held = Membership.objects.filter(role=role, user__email__in=[one.email for one in people.PEOPLE])
        return set(held.values_list("user__email", flat=True))

    assert holders(Role.HELPDESK_ADULT) == {"solene.faure@demo.example"}
    assert holders(Role.NETWORK_COORDINATOR) == {"charlotte.vanbrederode@demo.example"}
    assert "katharina.hohenberger@demo.example" in holders(Role.GROUP_COORDINATOR)
    assert Membership.objects.filter(role=Role.GROUP_COORDINATOR).count() == 8
    assert not Membership.objects.filter(user__email="aoife.nidhomhnaill@demo.example").exists()


def test_some_people_have_not_activated_yet():
    assert User.objects.filter(activated_at=None).count() == 6
    assert not AuditEvent.objects.filter(actor_id__in=User.objects.filter(activated_at=None).values("pk")).exists()


def test_everybody_came_by_the_actions():
    """Places, accounts, roles and sign-ins are in the trail, each at its time, as the actions write them."""
    ways = Event.ACCOUNT_INVITED, Event.PROFILE_CHANGED, Event.DEVICE_ENROLLED, Event.ACCOUNT_ACTIVATED, Event.SIGNED_IN
    inside = User.objects.exclude(activated_at=None)
    assert inside.count() == 267 + 4 + 57  # the network's, those of no hospital, and the two networks beside it
    for way in ways:
        done = set(AuditEvent.objects.filter(event=way).values_list("actor_id", "subject_id"))
        people_of = {str(subject) for _actor, subject in done} | {str(actor) for actor, _subject in done}
        assert {str(user.pk) for user in inside} <= people_of, way
    granted = AuditEvent.objects.filter(event=Event.ROLE_GRANTED).count()
    assert granted == Membership.objects.count() > 500
    assert not Membership.objects.filter(granted_by=None).exclude(role=Role.CORE_HELPDESK).exists()
    powerful = Membership.objects.filter(role__in=POWERFUL).exclude(role=Role.CORE_HELPDESK)
    assert powerful.count() == 5
    assert not powerful.filter(confirmed_by=None).exists()
    assert (
        AuditEvent.objects.filter(event=Event.CLEARANCE_SET).count() == Centre.objects.exclude(cleared_on=None).count()
    )


def test_each_account_knows_its_last_sign_in():
    signed = AuditEvent.objects.filter(event=Event.SIGNED_IN).values("actor_id").annotate(last=Max("at"))
    last = dict(signed.values_list("actor_id", "last"))
    assert {user.pk: user.last_login for user in User.objects.exclude(last_login=None)} == last


def test_nobody_knows_the_passwords_of_the_others_and_only_the_listed_ones_are_slow_to_guess():
    """The others' are 32 random bytes; the hasher itself is as it was."""
    listed = [person.email for person in people.PEOPLE]
    other = User.objects.exclude(email__in=listed).exclude(activated_at=None).order_by("email")[0]
    assert other.has_usable_password()
    assert not check_password(people.PASSWORD, other.password)
    slow = get_hasher().decode(User.objects.get(email=listed[0]).password)
    assert slow["memory_cost"] == Argon2PasswordHasher.memory_cost == get_hasher().memory_cost


def test_what_the_actions_left_of_the_past_is_over():
    """No work waits of those years, no mail goes out, and every deed stands in the audit trail at its time."""
    past = {"opened_at__lt": archive.OVER}
    assert WorkItem.objects.filter(settled_at=None, **past).count() == 0
    told = Job.objects.filter(task="notifications.tell", asked_at__lt=archive.OVER)
    assert told.count() == OutboxMessage.objects.filter(notice="role_changed").count() > 0
    mails = OutboxMessage.objects.filter(written_at__lt=archive.OVER).order_by()
    assert set(mails.values_list("state", flat=True)) <= {MailState.SENT, MailState.CANCELLED}
    panels = [str(key) for key in Panel.objects.filter(**past).values_list("pk", flat=True)]
    moves = AuditEvent.objects.filter(event=Event.PANEL_MOVED, subject_id__in=panels)
    assert moves.count() == PanelStep.objects.filter(panel__in=panels).count() == 3 * len(panels)
    assert moves.filter(at__gte=archive.OVER).count() == 0


def test_loading_again_does_nothing():
    out, before = io.StringIO(), User.objects.count()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.DEMO", True)
        call_command("load_demo", stdout=out)
    assert out.getvalue() == "The database has people already: nothing was loaded.\n"
    assert User.objects.count() == before


def test_it_refuses_outside_a_demonstration(settings):
    settings.DEMO = False
    with pytest.raises(RuntimeError, match="demonstration"), clock.at(archive.OVER):
        raise AssertionError
    with pytest.raises(CommandError, match="CPMS_DEMO=1"):
        call_command("load_demo")


def test_the_progress_is_told(demo):
    assert demo.splitlines()[:3] == [
        "87 invented hospitals in 20 countries",
        "12 people to try the demonstration as",
        "267 registered people",
    ]
