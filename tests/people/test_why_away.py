"""Why somebody stays away is written down by the helpdesk that asked, and counts without a name; and when somebody was spoken with."""

from __future__ import annotations

import datetime as dt

import pytest
from dateutil.relativedelta import relativedelta
from django.urls import reverse

from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.models import User
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.celery import app
from helpdesk import actions as helpdesk
from helpdesk import kpis
from helpdesk.models import MonthlyKpi
from helpdesk.people import actions
from helpdesk.people.models import WhyAway
from helpdesk.people.tasks import forget_why_away
from tests.clients import signed_in
from tests.factories import CentreFactory, NetworkFactory, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def desk_of(network):
    user = UserFactory(role="none", centre=None)
    give_role(user, Role.HELPDESK_ADULT, network=network)
    return user


def test_the_helpdesk_writes_it_down_and_the_month_counts_it():
    centre = CentreFactory()
    network, people = centre.networks.get(), UserFactory.create_batch(3, centre=centre)
    User.objects.update(activated_at=clock.now() - dt.timedelta(days=300))
    centre.memberships.update(since=clock.today() - dt.timedelta(days=300))
    desk = desk_of(network)
    client, page = signed_in(desk), reverse("people:person", args=[people[0].pk])
    for reason in ("time", "technical"):
        answer = client.post(reverse("people:why_away", args=[people[0].pk]), {"reason": reason}, follow=True)
    assert "“Technical difficulty”, told" in answer.content.decode()
    assert AuditEvent.objects.filter(event=Event.WHY_AWAY_NOTED, subject_id=str(people[0].pk)).count() == 2
    assert client.post(reverse("people:why_away", args=[people[1].pk]), {"reason": "weather"}).status_code == 422
    WhyAway.objects.update(at=clock.now() - dt.timedelta(days=40))
    month = helpdesk.last_month()
    helpdesk.freeze_month(month, by=None)
    frozen = MonthlyKpi.objects.get(network=network, group=None, centre=None, country="").frozen()
    said = {name: frozen[name] for name in ("not_returning", "away_time", "away_technical", "away_unsaid")}
    assert said == {"not_returning": 3, "away_time": 0, "away_technical": 1, "away_unsaid": 2}
    line = MonthlyKpi.objects.get(centre=centre)
    table = kpis.table_of(desk, month)
    few = {one.figure.name: one.value for _part, rows in kpis.parts_of(line, table) for one in rows}
    assert few["not_returning"] == kpis.SIGN
    assert not [name for name in few if name.startswith("away_")]  # who represents the hospital would know who said it
    assert "Does not come any more?" in client.get(page).content.decode()


def test_a_wrong_click_is_taken_back_and_no_row_outlives_its_use():
    centre = CentreFactory()
    person, desk = UserFactory(centre=centre), desk_of(centre.networks.get())
    right, wrong = (actions.note_why_away(person, reason=reason, by=desk) for reason in ("time", "technical"))
    client, path = signed_in(desk), reverse("people:why_away", args=[person.pk])
    page = client.post(path, {"taken_back": wrong.pk}, follow=True).content.decode()
    assert ("“No time”, told" in page, "No reason after all" in page) == (True, True)
    assert AuditEvent.objects.get(event=Event.WHY_AWAY_TAKEN_BACK).subject_id == str(person.pk)
    assert client.post(path, {"taken_back": wrong.pk}).status_code == 403
    with pytest.raises(Refused):
        actions.take_back_why_away(person, said=right.pk, by=desk_of(NetworkFactory(code="FAR", name="Far")))
    assert app.conf.beat_schedule["forget why people stay away"]["task"] == forget_why_away.name
    for months, left in ((12, 1), (14, 0)):
        WhyAway.objects.update(at=clock.now() - relativedelta(months=months))
        forget_why_away()
        assert WhyAway.objects.count() == left


def test_nobody_else_writes_it_down():
    person = UserFactory()
    far, representative = desk_of(NetworkFactory(code="FAR", name="Far")), UserFactory(centre=person.centre)
    give_role(representative, Role.REPRESENTATIVE, centre=person.centre)
    for by in (far, representative, person):
        with pytest.raises(Refused):
            actions.note_why_away(person, reason="time", by=by)
    sleeper, desk = UserFactory(activated_at=None), desk_of(person.centre.networks.get())
    with pytest.raises(Refused, match="never in use"):
        actions.note_why_away(sleeper, reason="time", by=desk)
    assert (
        "Does not come any more?"
        not in signed_in(representative).get(reverse("people:person", args=[person.pk])).content.decode()
    )
    assert not WhyAway.objects.exists()


def test_a_representatives_page_says_when_somebody_spoke_with_them():
    centre = CentreFactory()
    desk, speaker = desk_of(centre.networks.get()), UserFactory(centre=centre, role="none")
    give_role(speaker, Role.REPRESENTATIVE, centre=centre)
    said = {"on": clock.rights_day(), "way": "phone", "said": "They begin in March."}
    entry = actions.log_outreach(centre, person=speaker, by=desk, **said)
    page = reverse("people:person", args=[speaker.pk])
    mine, own = (signed_in(who).get(page).content.decode() for who in (desk, speaker))
    assert (entry.get_absolute_url() in mine, "They begin in March." in mine) == (True, False)
    assert entry.get_absolute_url() not in own
