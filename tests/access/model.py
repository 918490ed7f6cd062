"""What is true of one panel in a handful of facts, told from the product's description and not from its code."""

from __future__ import annotations

from dataclasses import dataclass

PEOPLE = ("lead", "expert", "guest", "assistant", "helpdesk", "coordinator", "outsider")


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
    assists: bool = False
    let_in: bool = False
    is_staff: bool = True

    def sees_case(self, who: str) -> bool:
        running, shared = self.panel == "open" and self.consented, self.panel in {"open", "closed"} and self.consented
        return {
            "lead": True,
            "assistant": self.assists,
            "expert": self.expert == "accepted" and shared and self.active and self.employed,
            "guest": self.guest == "accepted" and running and self.guest_in_time,
            "helpdesk": self.let_in and self.is_staff and shared,
            "coordinator": False,
            "outsider": False,
        }[who]

    def sees_sheet(self, who: str) -> bool:
        running = self.panel == "open" and self.consented
        lives = {"expert": self.expert if self.active and self.employed else "none", "guest": self.guest}
        if who not in lives or not running:
            return False
        in_time = who == "expert" or self.guest_in_time
        return lives[who] == "pending" or (lives[who] == "accepted" and in_time)
