"""What must be true of one panel after each deed, told from the product's description and not from its code."""

from __future__ import annotations

from dataclasses import dataclass, field

EXPERTS, PLACES = 3, 2
RUNNING = {"open", "outcome"}
LIVE = {"waiting", "taken up", "returned"}
OF_EXPERT = ("invite", "accept", "decline", "reconsider", "end", "expire", "contribute", "recall", "sign")
OF_PLACE = ("address", "take_up", "forward", "give_back", "clarify")
ALONE = (
    "open",
    "start_outcome",
    "send",
    "close",
    "reopen",
    "withdraw",
    "withdraw_consent",
    "give_consent",
    "archive",
    "unarchive",
    "hand_over",
)
MOVES = {"open": "open", "start_outcome": "outcome", "close": "closed", "reopen": "open", "withdraw": "withdrawn"}
ANSWERS = {"accept": "accepted", "decline": "declined", "reconsider": "pending", "end": "gone", "expire": "lapsed"}


@dataclass
class Oracle:
    """``allows`` says whether a deed is possible, ``after`` notes that it was done. ``who`` is an expert's number, or that of
    a place: 0 is the panel's own group, 1 another one of the network."""

    state: str = "open"
    consent: bool = True
    archived: bool = False
    seat: dict[int, str] = field(default_factory=dict)
    said: dict[int, int] = field(default_factory=dict)
    outcome: str = ""
    unsigned: set[int] = field(default_factory=set)
    signed: set[int] = field(default_factory=set)
    place: dict[int, str] = field(default_factory=dict)
    lead: int = 0

    def __post_init__(self) -> None:
        if self.state == "open":
            self.place[0] = "waiting"

    @property
    def alive(self) -> bool:
        return self.consent and self.state in RUNNING

    def allows(self, deed: str, who: int) -> bool:
        if deed in OF_PLACE:
            return self.alive and self.allows_at(deed, who)
        if deed in OF_EXPERT:
            return self.allows_expert(deed, who)
        return {
            "open": self.consent and self.state == "draft",
            "start_outcome": self.consent and self.state == "open" and any(self.said.values()),
            "send": self.consent and self.state == "outcome",
            "close": self.consent and self.state == "outcome" and self.outcome == "signing",
            "reopen": self.consent and self.state == "closed" and not self.archived,
            "archive": self.state in {"closed", "withdrawn"} and not self.archived,
            "unarchive": self.archived,
            "withdraw": self.state in {"draft", *RUNNING},
            "withdraw_consent": True,
            "give_consent": True,
            "hand_over": True,
        }[deed]

    def allows_expert(self, deed: str, who: int) -> bool:
        seat = self.seat.get(who)
        return {
            "invite": self.alive,
            "accept": self.alive and seat == "pending",
            "decline": self.alive and seat == "pending",
            "reconsider": self.alive and seat == "declined",
            "end": self.alive and seat in {"pending", "accepted"},
            "expire": seat == "pending",
            "contribute": self.alive and seat == "accepted",
            "recall": self.consent and self.state == "open" and seat == "accepted" and self.said.get(who, 0) > 0,
            "sign": self.alive and seat == "accepted" and self.outcome == "signing" and who in self.unsigned,
        }[deed]

    def allows_at(self, deed: str, place: int) -> bool:
        now = self.place.get(place)
        return {
            "address": now not in LIVE,
            "take_up": now == "waiting",
            "give_back": now == "waiting",
            "forward": now == "waiting" and self.place.get(1 - place) not in LIVE,
            "clarify": now == "returned",
        }[deed]

    def after(self, deed: str, who: int) -> None:
        if deed in OF_EXPERT:
            self.after_expert(deed, who)
        elif deed in OF_PLACE:
            self.place[who] = {"take_up": "taken up", "give_back": "returned", "forward": "forwarded"}.get(
                deed, "waiting"
            )
            if deed == "forward":
                self.place[1 - who] = "waiting"
        elif deed in {"withdraw_consent", "give_consent"}:
            self.consent = deed == "give_consent"
        elif deed in {"archive", "unarchive"}:
            self.archived = deed == "archive"
        elif deed == "hand_over":
            self.lead = 1 - self.lead
        elif deed == "send":
            self.outcome, self.unsigned = "signing", {n for n, seat in self.seat.items() if seat == "accepted"}
            self.signed = set()
        else:
            self.move(deed)

    def after_expert(self, deed: str, who: int) -> None:
        if deed == "invite":
            self.seat[who] = self.seat[who] if self.seat.get(who) in {"pending", "accepted"} else "pending"
        elif deed in ANSWERS:
            self.seat[who] = ANSWERS[deed]
            late = deed == "accept" and (self.state, self.outcome) == ("outcome", "signing")
            self.unsigned |= {who} - self.signed if late else set()
        elif deed == "contribute":
            self.said[who] = self.said.get(who, 0) + 1
        elif deed == "recall":
            self.said[who] -= 1
        else:
            self.unsigned.discard(who)
            self.signed.add(who)

    def move(self, deed: str) -> None:
        self.state = MOVES[deed]
        self.outcome = {"start_outcome": "draft", "close": "final"}.get(deed, self.outcome)
        if deed == "open":
            self.place[0] = "waiting"
        if self.state in {"closed", "withdrawn"}:
            self.place = {place: "ended" if now == "waiting" else now for place, now in self.place.items()}

    def sees(self, who: int) -> bool:
        return self.consent and self.seat.get(who) == "accepted" and self.state in {*RUNNING, "closed"}

    @property
    def waits_for_coordinators(self) -> int:
        return sum(now == "waiting" for now in self.place.values()) if self.alive else 0
