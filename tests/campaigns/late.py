"""What the clock finds to do about panels, questions and referrals: each has waited long enough."""

from __future__ import annotations

from cpms import clock
from cpms.accounts.roles import Role
from panels import actions as panels
from panels.models import Invitation, Panel, Question, Referral
from panels.states import REFERRAL_WAITS, Rung
from tests.campaigns.wards import DAY, Ward, lapse
from tests.panels.test_idle import age


def questions() -> None:
    """The group is reminded of one; its coordinator is asked to see to another."""
    for days in (3, 7):
        ward = Ward()
        ward.expert.groups_of_interest.add(ward.group)
        question = panels.ask_group(ward.group, text=ward.canary("question-asked"), by=ward.lead)
        Question.objects.filter(pk=question.pk).update(asked_at=clock.now() - days * DAY)


def late_panels() -> None:
    """On the first rung those who owe an answer are reminded, on the third the coordinators are asked."""
    for rung, days in ((0, 1), (Rung.SUBSTITUTE, 30)):
        ward = Ward()
        ward.open(ward.expert)
        Panel.objects.filter(pk=ward.panel.pk).update(wanted_by=clock.today() - days * DAY, escalated=rung)


def expire_invitations() -> None:
    ward = Ward()
    ward.open(ward.expert, ward.second)
    Invitation.objects.filter(panel=ward.panel).update(sent_at=clock.now() - 40 * DAY, expires_at=ward.yesterday)


def idle() -> None:
    """For three weeks; and for so long that the helpdesk hears of it."""
    for days in (22, 61):
        ward = Ward().seated()
        ward.holding(Role.HELPDESK_ADULT)
        age(ward, days)


def refer(ward: Ward, name: str) -> Referral:
    words = {"name": "Dr Outside", "hospital": "Far Hospital", "country": "IE", "urgency": "routine"}
    place = {"network": ward.network, "group": ward.group, "text": ward.canary(f"referral-{name}")}
    return panels.refer(f"{ward.tag}-{name}@far.example", by=None, **words, **place)


def referrals() -> None:
    """One was never decided; the words of one that was declined have been kept long enough."""
    ward, long_ago = Ward(), clock.now() - REFERRAL_WAITS - DAY
    late, declined = refer(ward, "late"), refer(ward, "declined")
    panels.decline_referral(declined, reason="Not ours.", by=ward.coordinator)
    Referral.objects.filter(pk=late.pk).update(asked_at=long_ago, waits_since=long_ago)
    Referral.objects.filter(pk=declined.pk).update(asked_at=long_ago, waits_since=long_ago, decided_at=long_ago)


def unattended() -> None:
    """A panel, help that was asked for and a referral lie with a group whose coordinator's role ended with a day."""
    ward = Ward()
    ward.holding(Role.NETWORK_COORDINATOR)
    ward.open(ward.expert)
    Panel.objects.filter(pk=ward.panel.pk).update(wanted_by=clock.today() - 30 * DAY, escalated=Rung.SUBSTITUTE)
    panels.escalate(by=None)
    refer(ward, "waits")
    lapse(ward.coordinator)
