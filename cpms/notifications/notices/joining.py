"""What mails say of hospitals and people who join."""

from __future__ import annotations

from dataclasses import dataclass

from cpms.notifications.notices.kinds import Notice


@dataclass(frozen=True)
class Words:
    subject: str
    text: str


NOT_YOU = "If this was not you, tell your helpdesk at once."
JOINING = {
    Notice.JOINED_CENTRE: Words(
        "CPMS: your account belongs to a hospital now",
        "A request for access with your address was approved: your account belongs to a hospital of the networks from now on. "
        "Sign in again. What you were invited to before stays as it was. " + NOT_YOU,
    ),
    Notice.ADDRESS_ASKED: Words(
        "CPMS: a new e-mail address was asked for",
        "Somebody signed in with your account asked for another e-mail address. It counts once the link that was sent there is "
        "opened. " + NOT_YOU,
    ),
    Notice.ADDRESS_NEW: Words(
        "CPMS: confirm your new e-mail address",
        "Somebody, probably you, asked to sign in to CPMS with this address from now on. The link below works once, ends after 24 "
        "hours, and is for the owner of the account alone: sign in with the address you had, then press the button. If it was "
        "not you, do nothing: nothing changes.",
    ),
    Notice.ADDRESS_TAKEN: Words(
        "CPMS: this address has an account already",
        "Somebody asked to use this address for another account, but it has one already. If it was you, sign in with it, or ask "
        "your helpdesk which of the two accounts to keep. If it was not you, do nothing: nothing changes.",
    ),
    Notice.ADDRESS_CHANGED: Words(
        "CPMS: your e-mail address was changed",
        "Your account has another e-mail address from now on: you sign in with it, and every further mail goes there. "
        + NOT_YOU,
    ),
    Notice.FACTOR_WAITS: Words(
        "CPMS: a lost phone waits for a second person",
        "A colleague of the helpdesk was told of a lost phone. It counts only once a second person there has confirmed it; whoever "
        "doubts it says no, on the same page. After three days it ends by itself.",
    ),
    Notice.FACTOR_STOPPED: Words(
        "CPMS: a new second factor was stopped",
        "Somebody signed in as the owner of an account, with a code of the phone, stopped the new second factor that you asked for. "
        "Somebody else may have called in the owner's name, or has the phone: speak with the owner before you ask again.",
    ),
    Notice.ROLE_ENDS: Words(
        "CPMS: a right of yours ends soon",
        "A role or an assistance that you were given until a day ends within a week. If it should go on, ask whoever gave it. If "
        "not, there is nothing to do.",
    ),
    Notice.ROLE_GIVEN_ENDS: Words(
        "CPMS: a right that you gave ends soon",
        "A role or an assistance that you gave until a day ends within a week. If it should go on, give it anew for longer. If not, "
        "there is nothing to do.",
    ),
    Notice.UNIT_JOINED: Words(
        "CPMS: somebody joined your unit",
        "A colleague belongs to your unit from now on. As long as your hospital lets every clinician of it read the panels of the "
        "others, this colleague does, too. The page of who can see a case shows who has read it.",
    ),
    Notice.NOT_SECONDED: Words(
        "CPMS: no second person confirmed what you asked for",
        "What you asked for about an account has ended: a second person said no, nobody came for three days, or the owner "
        "of the account changed the e-mail address meanwhile. Nothing was changed. Ask for it anew if it is still needed.",
    ),
    Notice.PLACE_ASKED: Words(
        "CPMS: another network asks for a hospital",
        "A network would like to count a hospital that you represent or look after among its own, and to look after its people "
        "too. It counts only once somebody who serves one of the hospital's networks has confirmed it, on the hospital's page.",
    ),
    Notice.PLACE_DECIDED: Words(
        "CPMS: a hospital and one more network",
        "It is decided whether a hospital belongs to one more network; where nobody answered for a month, it does not. The list of "
        "centres shows what counts now.",
    ),
}
