"""What is true of one panel in a handful of facts, told from the product's description and not from its code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

PEOPLE = ("lead", "expert", "guest", "assistant", "helpdesk", "coordinator", "outsider", "colleague")


@dataclass
class Model:
    """What is true of the panel. ``expert`` and ``guest`` are the lives of their invitations."""

    panel: str = "open"
    consented: bool = True
    expert: str = "none"
    guest: str = "none"
    guest_in_time: bool = True
    active: bool = True
    employed: bool = True
    clinician: bool = True  # the expert's role
    leads: bool = True  # the lead's role of clinician
    assists: bool = False
    let_in: bool = False
    covered: bool = False  # the hospital lets the lead's whole unit see
    in_unit: bool = True  # the colleague works in the lead's unit
    colleague: bool = True  # the colleague's role of clinician
    is_staff: bool = True

    def sees_case(self, who: str) -> bool:
        running, shared = self.panel == "open" and self.consented, self.panel in {"open", "closed"} and self.consented
        return {
            "lead": self.leads,
            "assistant": self.assists and self.leads,
            "expert": self.expert == "accepted" and shared and self.can_advise,
            "guest": self.guest == "accepted" and running and self.guest_in_time,
            "helpdesk": self.let_in and self.is_staff and shared,
            "coordinator": False,
            "outsider": False,
            "colleague": self.covered and self.in_unit and self.colleague and self.leads and shared,
        }[who]

    def sees_sheet(self, who: str) -> bool:
        running = self.panel == "open" and self.consented
        lives = {"expert": self.expert if self.can_advise else "none", "guest": self.guest}
        if who not in lives or not running:
            return False
        in_time = who == "expert" or self.guest_in_time
        return lives[who] == "pending" or (lives[who] == "accepted" and in_time)

    @property
    def running(self) -> bool:
        return self.panel == "open" and self.consented

    @property
    def can_advise(self) -> bool:
        return self.active and self.employed and self.clinician

    @property
    def can_answer(self) -> bool:
        return self.running and self.can_advise


# When a deed makes sense; one that ends much for good is drawn only among all deeds alike
FITS: dict[str, Callable[[Model], bool]] = {
    "invite": lambda m: m.leads and m.can_answer and m.expert not in {"pending", "accepted"},
    "accept": lambda m: m.can_answer and m.expert == "pending",
    "decline": lambda m: m.can_answer and m.expert == "pending",
    "end": lambda m: m.leads and m.running and m.expert in {"pending", "accepted"},
    "expire": lambda m: m.expert == "pending",
    "invite_guest": lambda m: m.leads and m.running and (m.guest == "none" or not m.guest_in_time),
    "accept_guest": lambda m: m.running and m.guest == "pending",
    "guest_passes": lambda m: m.guest == "accepted" and m.guest_in_time,
    "withdraw_consent": lambda m: m.consented,
    "give_consent": lambda m: not m.consented,
    "withdraw": lambda m: False,
    "conclude": lambda m: m.leads and m.can_answer and m.expert == "accepted",
    "reopen": lambda m: m.leads and m.panel == "closed" and m.consented,
    "switch_off": lambda m: m.active,
    "switch_on": lambda m: not m.active,
    "leave": lambda m: False,
    "name_assistant": lambda m: m.leads and not m.assists,
    "end_assistant": lambda m: m.assists,
    "lapse_assistant": lambda m: m.assists,
    "let_in": lambda m: m.leads and m.consented and m.is_staff and not m.let_in,
    "end_assist": lambda m: m.leads and m.let_in,
    "lapse_assist": lambda m: m.let_in,
    "take_staff_role": lambda m: m.is_staff,
    "give_staff_role": lambda m: not m.is_staff,
    "make_coordinator": lambda m: True,
    "end_coordinator": lambda m: True,
    "change_role": lambda m: True,
    "end_clinician": lambda m: m.clinician and m.employed,
    "lapse_clinician": lambda m: m.clinician and m.employed,
    "make_clinician": lambda m: not m.clinician and m.employed,
    "end_lead": lambda m: m.leads,
    "lapse_lead": lambda m: m.leads,
    "make_lead": lambda m: not m.leads,
    "cover": lambda m: not m.covered,
    "end_cover": lambda m: m.covered,
    "lapse_cover": lambda m: m.covered,
    "leave_unit": lambda m: m.covered and m.in_unit,
    "join_unit": lambda m: not m.in_unit,
    "end_colleague": lambda m: m.covered and m.colleague,
    "make_colleague": lambda m: not m.colleague,
}
DEEDS = tuple(FITS)
OF_LEAD = {"invite", "end", "invite_guest", "withdraw", "conclude", "reopen", "let_in", "end_assist", "name_assistant"}
OF_EXPERT = {"accept", "decline", "conclude"}
