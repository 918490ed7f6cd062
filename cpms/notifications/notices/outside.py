"""What mails say of questions from outside the networks: nothing of the patient."""

from __future__ import annotations

from cpms.notifications.notices.joining import Words
from cpms.notifications.notices.kinds import Notice

OUTSIDE = {
    Notice.REFERRAL_RECEIVED: Words(
        "CPMS: your question has arrived",
        "Your question to the reference networks has arrived. The link below is for you alone and shows where it stands.",
    ),
    Notice.REFERRAL_WAITING: Words(
        "CPMS: a question from outside the networks",
        "A physician outside the networks asks for help ({ref}). Accept it, pass it on, or decline it with a reason.",
    ),
    Notice.REFERRAL_ANSWERED: Words(
        "CPMS: your question has an answer", "Your question has an answer. The link in our first mail shows it."
    ),
    Notice.REFERRAL_PASSED_ON: Words(
        "CPMS: your question was passed on",
        "Your question now lies with others in the reference networks, who may know more. There is nothing to do for you. The link "
        "in our first mail shows where it stands.",
    ),
    Notice.REFERRER_INVITED: Words(
        "CPMS: the panel you asked for is open",
        "A colleague has opened panel {ref} with the question that you sent, and invites you to it. Say whether you take part; it "
        "takes one tap. You are told everything there, and need give no advice.",
    ),
    Notice.REFERRAL_YOURS: Words(
        "CPMS: a panel is to be opened",
        "A coordinator asks you to open a panel for a physician outside the networks ({ref}).",
    ),
}
