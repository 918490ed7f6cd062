"""The physician who referred the patient is the panel's guest: told everything, and asked for no advice."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse

from consent import actions as consent
from consent.states import Stage
from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.models import User
from cpms.accounts.roles import Role
from cpms.notifications import notices
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import Verb
from panels import actions as panels
from panels import queries
from panels.actions import escalating
from panels.models import Invitation, Panel, PanelStep
from panels.states import Move, State
from tests.clients import signed_in
from tests.factories import Story, UserFactory, give_role

pytestmark = pytest.mark.django_db
ADDRESS = "asker@elsewhere.example"


def asked_back():
    """An open panel that was referred, and the invitation of who referred."""
    story = Story("a")
    who = {"name": "Dr Guest", "hospital": "Far Hospital", "country": "IE", "text": story.canary("referral")}
    to = {"network": story.group.network, "group": story.group, "urgency": "soon"}
    referral = panels.refer(ADDRESS.title(), **who, **to, by=None)
    coordinator = UserFactory(role="none")
    give_role(coordinator, Role.GROUP_COORDINATOR, group=story.group)
    panels.accept_referral(referral, clinician=story.lead, by=coordinator)
    panels.grow_from_referral(referral, story.panel, by=story.lead)
    story.open()
    return story, Invitation.objects.guests().get(panel=story.panel)


@pytest.fixture
def story():
    """Who referred is in the panel, and an expert."""
    story, seat = asked_back()
    User.objects.filter(pk=seat.invitee_id).update(activated_at=clock.now())
    story.asker = User.objects.get(pk=seat.invitee_id)
    panels.accept(seat, by=story.asker)
    story.seat(story.expert)
    return story


def waiting(person):
    return set(WorkItem.objects.open().filter(who=person).values_list("verb", flat=True))


def said_of_seats(story):
    """What the panel's page says beside each member."""
    page = signed_in(story.lead).get(story.fresh().get_absolute_url(), secure=True).content.decode()
    return [words for words in ("Accepted", "Named a colleague", "Has replied") if f"{words}</span>" in page]


def test_no_advice_is_asked_of_who_referred(story):
    assert waiting(story.asker) == set()
    assert waiting(story.expert) == {Verb.REPLY}
    assert [seat.invitee for seat in queries.owing(story.fresh())] == [story.expert]
    page = signed_in(story.lead).get(story.fresh().get_absolute_url(), secure=True).content.decode()
    assert page.count("Referred the patient") == 1
    assert len(re.findall(r">\s*Remind<", page)) == 1
    with pytest.raises(Refused, match="Nothing is awaited"):
        panels.nudge(story.invitation(story.asker), by=story.lead)


def test_their_own_page_asks_no_advice_of_them_either(story):
    asks = ("Your advice is asked", "Yours can be the first advice", "Write advice", ">No experience</button>")
    address, shown = story.fresh().get_absolute_url(), {}
    for person in (story.expert, story.asker):
        page = signed_in(person).get(address, secure=True).content.decode()
        shown[person] = [words for words in asks if words in page]
    assert shown == {story.expert: list(asks), story.asker: []}


def test_until_they_come_in_their_yes_is_awaited_as_anybodys():
    """They are reminded of it, and asked again when consent is given once more."""
    story, seat = asked_back()
    mails = OutboxMessage.objects.filter(recipient=seat.invitee, notice=Notice.GUEST_INVITED)
    assert (waiting(seat.invitee), mails.count()) == ({Verb.ANSWER}, 1)
    page = signed_in(story.lead).get(story.fresh().get_absolute_url(), secure=True).content.decode()
    assert re.search(r">\s*Remind<", page)
    panels.nudge(seat, by=story.lead)
    assert mails.count() == 2
    consent.withdraw_consent(story.patient, stage=Stage.CARE, by=story.lead)
    assert (waiting(seat.invitee), mails.count()) == (set(), 2)
    story.give_consent(story.patient)
    assert (waiting(seat.invitee), mails.count()) == ({Verb.ANSWER}, 3)
    assert queries.owing(story.fresh()) == []
    User.objects.filter(pk=seat.invitee_id).update(activated_at=clock.now())
    page = signed_in(User.objects.get(pk=seat.invitee_id)).get(seat.get_absolute_url(), secure=True).content.decode()
    assert "invites you to the panel of your patient" in page
    assert "asks for your advice" not in page


def test_who_referred_and_has_an_account_reads_of_the_panel_they_asked_for():
    """In the mail, in the one after a consent given again, and on My work: nobody asks them for advice."""
    known = UserFactory(email=ADDRESS)
    story, seat = asked_back()
    panels.invite_experts(story.fresh(), people=[story.expert], by=story.lead)
    mails = OutboxMessage.objects.filter(about_id=seat.pk, recipient=known)
    assert mails.get().notice == Notice.REFERRER_INVITED
    words = notices.WORDS[Notice.REFERRER_INVITED].subject + notices.body(
        mails.get().notice, ref=seat.panel.ref, path="/"
    )
    assert "your advice" not in words
    why = {who: [row.why for row in queries.worklist(who).rows] for who in (known, story.expert)}
    mine, theirs = "You asked for this panel, and are invited to it.", "You are asked for advice."
    assert why == {known: [mine], story.expert: [theirs]}
    assert mine in signed_in(known).get("/", secure=True).content.decode()
    consent.withdraw_consent(story.patient, stage=Stage.CARE, by=story.lead)
    story.give_consent(story.patient)
    invited = mails.filter(notice=Notice.REFERRER_INVITED).order_by("written_at").values_list("state", flat=True)
    assert list(invited) == ["cancelled", "waiting"]
    assert not mails.filter(notice=Notice.INVITED).exists()
    panels.accept(seat, by=known)
    assert list(invited.all()) == ["cancelled", "cancelled"]


def test_their_words_are_no_advice_and_stop_no_clock(story):
    said = panels.contribute(story.fresh(), kind="diagnosis", text="The potassium rose.", by=story.asker)
    assert queries.replies(story.fresh()) == 0
    assert story.fresh().first_reply_at is None
    panels.take_stance(said, kind="agree", by=story.expert)
    assert queries.replies(story.fresh()) == 1
    panels.take_stance(story.contribute(story.expert), kind="agree", by=story.asker)
    assert queries.replies(story.fresh()) == 1
    assert story.fresh().first_reply_at is not None
    assert queries.first_reply_at(story.fresh()) == said.stances.get(who=story.expert).at


def test_who_referred_and_is_asked_for_advice_later_gives_it_from_then_on(story):
    """One answer of the clock, of the count of replies and of a recall: what was said before, as who asks, is no advice."""
    earlier = panels.contribute(story.fresh(), kind="diagnosis", text="The potassium rose.", by=story.asker)
    panels.end_invitation(story.invitation(story.asker), by=story.lead)
    give_role(story.asker, Role.CLINICIAN, centre=story.lead.centre)
    User.objects.filter(pk=story.asker.pk).update(centre=story.lead.centre)
    asker = User.objects.get(pk=story.asker.pk)
    panels.invite_experts(story.fresh(), people=[asker], by=story.lead)
    assert queries.first_reply_at(story.fresh()) is None
    assert queries.replies(story.fresh()) == 0
    panels.accept(Invitation.objects.live().get(panel=story.panel, invitee=asker), by=asker)
    said = panels.contribute(story.fresh(), kind="diagnosis", text="And the pressure fell.", by=asker)
    assert said.at > earlier.at
    assert (story.fresh().first_reply_at, queries.first_reply_at(story.fresh())) == (said.at, said.at)
    assert queries.replies(story.fresh()) == 1
    panels.recall(said, by=asker)
    assert (story.fresh().first_reply_at, queries.replies(story.fresh())) == (None, 0)


def test_who_became_lead_gives_no_advice_any_more(story):
    story.seat(colleague := UserFactory(centre=story.lead.centre))
    panels.hand_over([story.patient], to=colleague, by=story.lead)
    panels.contribute(story.fresh(), kind="diagnosis", text="Mine now.", by=colleague)
    assert (story.fresh().first_reply_at, queries.first_reply_at(story.fresh())) == (None, None)
    assert queries.replies(story.fresh()) == 0


def test_the_ladder_names_nobody_for_their_silence(story):
    story.contribute(story.expert)
    Panel.objects.filter(pk=story.panel.pk).update(wanted_by=clock.today() - dt.timedelta(days=3), quorum=2)
    escalating.escalate(by=None)
    assert not OutboxMessage.objects.filter(recipient=story.asker, notice=Notice.ANSWER_LATE).exists()


def test_a_guest_who_did_not_refer_is_asked_as_any_expert(story):
    other = story.invite_guest("expert@elsewhere.example")
    panels.accept(other, by=other.invitee)
    assert waiting(other.invitee) == {Verb.REPLY}
    panels.contribute(story.fresh(), kind="diagnosis", text="A tumour.", by=other.invitee)
    assert queries.replies(story.fresh()) == 1


def test_who_proposes_a_colleague_has_answered_until_the_panel_is_reopened(story):
    propose = reverse("panels:propose_colleague", args=[story.panel.ref])
    signed_in(story.expert).post(propose, {"better_name": "Dr Knows More"}, secure=True)
    assert waiting(story.expert) == set()
    assert queries.owing(story.fresh()) == []
    assert story.fresh().first_reply_at is None
    with pytest.raises(Refused, match="Nothing is awaited"):
        panels.nudge(story.invitation(story.expert), by=story.lead)
    assert said_of_seats(story) == ["Accepted", "Named a colleague"]
    story.contribute(story.expert)
    assert said_of_seats(story) == ["Accepted", "Has replied"]
    PanelStep.objects.create(panel=story.panel, verb=Move.REOPEN, source=State.CLOSED, target=State.OPEN, by=story.lead)
    assert [seat.invitee for seat in queries.owing(story.fresh())] == [story.expert]
    signed_in(story.expert).post(propose, {"better_name": "Dr Knows Still More"}, secure=True)
    assert queries.owing(story.fresh()) == [], "who came in before it was reopened answers now"


def test_what_was_said_since_somebody_was_here_last_is_not_seen_by_them(story):
    address = story.fresh().get_absolute_url()
    for person in (story.asker, story.expert):
        signed_in(person).get(address, secure=True)
    assert "Seen by everybody who accepted" in signed_in(story.lead).get(address, secure=True).content.decode()
    story.contribute(story.expert)
    page = signed_in(story.lead).get(address, secure=True).content.decode()
    assert "Seen by 1 of 2" in page, "who wrote has seen all that others said"
    assert f"{story.asker.display_name}: last here today" in page
    signed_in(story.asker).get(address, secure=True)
    assert "Seen by everybody who accepted" in signed_in(story.lead).get(address, secure=True).content.decode()


def test_who_looks_has_seen_it_and_who_sits_there_no_more_is_not_counted(story):
    address = story.fresh().get_absolute_url()
    page = signed_in(story.expert).get(address, secure=True).content.decode()
    assert "Seen by 1 of 2" in page
    assert f"{story.asker.display_name}: not here yet" in page
    assert f"{story.expert.display_name}: not here yet" not in page
    story.contribute(story.expert)
    Invitation.objects.filter(invitee=story.asker).update(guest_until=story.yesterday)
    page = signed_in(story.lead).get(address, secure=True).content.decode()
    assert "Seen by everybody who accepted" in page
