"""Two quick questions to groups, one answered. Invented, like everything in the demonstration."""

from __future__ import annotations

from cpms.accounts.models import Network, User
from panels import actions as panels

QUESTIONS = (
    (
        "mikael.lindqvist",
        2,
        "Do you check 1,25-dihydroxyvitamin D before starting burosumab, or is phosphate with the tubular threshold enough?",
        (
            (
                "katharina.hohenberger",
                "Phosphate, TmP/GFR and alkaline phosphatase are enough for us. We add 1,25 only when rickets "
                "does not heal.",
            ),
        ),
    ),
    (
        "charlotte.vanbrederode",
        4,
        "Which of you offers adrenal-sparing surgery for bilateral phaeochromocytoma, and from how many cases a year?",
        (),
    ),
)


def load_questions(made: Network) -> int:
    """Ask and answer by the same actions as everybody. Gives the number of questions."""
    for asker, group, text, answers in QUESTIONS:
        question = panels.ask_group(made.groups.get(number=group), text=text, by=person(asker))
        for author, words in answers:
            panels.answer(question, text=words, by=person(author))
    return len(QUESTIONS)


def person(key: str) -> User:
    return User.objects.get(email=f"{key}@demo.example")
