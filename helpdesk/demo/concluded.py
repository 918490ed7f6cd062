"""A panel that is over: signed outcome, document, and the question what came of it, made by the same actions as everybody's."""

from __future__ import annotations

from cpms.accounts.models import Network
from helpdesk.demo.running import Reply, Running, carry, current, listed
from outcomes import actions as outcomes
from outcomes.states import Decision, Strength
from panels import actions as panels
from panels.models import Contribution
from panels.states import Certainty, ContributionKind

CONCLUDED = Running(
    "calcium-pseudohypoparathyroidism-1a",
    "anneli.virtanen",
    ("ewa.szczepanska", "katharina.hohenberger"),
    ("ewa.szczepanska", "katharina.hohenberger"),
    (
        Reply(
            "katharina.hohenberger",
            ContributionKind.TREATMENT,
            "Aim at calcium just below the reference range, 2.0 to 2.1 mmol/L, and at parathyroid hormone within it: raise calcitriol "
            "before calcium, and check urinary calcium two weeks after each step.",
            Certainty.VERY,
        ),
        Reply(
            "ewa.szczepanska",
            ContributionKind.TEST,
            "Yes, test growth hormone now: deficiency is frequent in this condition, and at eleven years little time is left.",
        ),
    ),
)
CONCLUSION = (
    "The members agree on pseudohypoparathyroidism 1A with calcium that is too low on treatment. Calcitriol is raised first, and growth "
    "hormone is tested before puberty."
)
PLAIN = (
    "The calcium in the blood is too low, which caused the seizures. The dose of calcitriol is raised step by step. A test shows "
    "whether growth hormone is missing too."
)


def load_concluded(made: Network) -> int:
    """Carry one panel to its end. Gives the number of panels."""
    people = listed()
    lead, panel = people[CONCLUDED.lead], carry(CONCLUDED, made, people)
    for statement in Contribution.objects.filter(panel=panel):
        panels.mark(statement, marked=True, by=lead)
    draft = outcomes.start_outcome(current(panel), by=lead)
    strengths = Strength.STRONG, Strength.CONDITIONAL
    items = [
        {"id": str(one.pk), "text": one.text, "strength": strength}
        for one, strength in zip(draft.items.order_by("position"), strengths, strict=False)
    ]
    outcomes.write_outcome(
        current(panel), conclusion=CONCLUSION, plain=PLAIN, items=items, version=draft.version, by=lead
    )
    sent = outcomes.send_for_signature(current(panel), by=lead)
    for key in CONCLUDED.accepted:
        outcomes.sign(current(panel), decision=Decision.SIGNED, number=sent.number, by=people[key])
    outcomes.close_panel(current(panel), by=lead)
    return 1
