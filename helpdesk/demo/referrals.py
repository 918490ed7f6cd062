"""Two questions from outside the networks. Invented, like everything in the demonstration."""

from __future__ import annotations

from cpms.accounts.models import Network
from panels import actions as panels

REFERRALS = (
    (
        "ciara.example",
        "Dr Ciara Ní Example",
        "County Hospital, Galway",
        "IE",
        2,
        "soon",
        "Girl of about five with bowed legs, low phosphate and normal vitamin D. Her mother is short and lost teeth early. Should "
        "she be seen before growth ends at the knees, and by whom?",
    ),
    (
        "yusuf.example",
        "Dr Yusuf Örnek",
        "Children's Hospital, Izmir",
        "TR",
        None,
        "routine",
        "Boy of ten with three lumps on the fingers that turned to bone, short, with low calcium. We cannot test the gene here.",
    ),
)


def load_referrals(made: Network) -> int:
    """Asked by the same action as everybody's. Gives the number of referrals."""
    for key, name, hospital, country, number, urgency, text in REFERRALS:
        panels.refer(
            f"{key}@elsewhere.example",
            name=name,
            hospital=hospital,
            country=country,
            text=text,
            network=made,
            group=made.groups.get(number=number) if number else None,
            urgency=urgency,
            by=None,
        )
    return len(REFERRALS)
