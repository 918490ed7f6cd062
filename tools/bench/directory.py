"""Rows for the directory: 6,500 people who declare conditions, three conditions known to 3, 30 and 300 of them."""

from __future__ import annotations

import random

from django.urls import reverse

from cpms import clock
from cpms.accounts.models import Centre, Expertise, Membership, ThematicGroup, User
from cpms.accounts.roles import Role
from cpms.terminology.models import Concept
from cpms.terminology.states import System

EACH = 3
CONDITIONS = {3: "Pendred syndrome", 30: "Kallmann syndrome", 300: "Wolfram syndrome"}
MISSPELT = {3: "pendret syndrome", 30: "kalman syndrome", 300: "wolfran syndrome"}
LANGUAGES = ("en", "fr", "de", "it", "fi")


def fill_directory(group: ThematicGroup, people_wanted: int) -> None:
    """Colleagues until there are so many people, each with three conditions of the whole nomenclature."""
    chance = random.Random(20)  # noqa: S311 the same rows in every run
    centres = list(Centre.objects.all())
    people = [
        User(
            email=f"colleague{n}@bench.example",
            display_name=f"Dr Colleague {n}",
            centre=centres[n % len(centres)],
            languages=["en", chance.choice(LANGUAGES)],
            activated_at=clock.now(),
            password="!",  # noqa: S106 nobody signs in with it
        )
        for n in range(people_wanted - User.objects.count())
    ]
    User.objects.bulk_create(people, batch_size=1_000)
    Membership.objects.bulk_create(Membership(user=u, role=Role.CLINICIAN, centre=u.centre) for u in people)
    group.people.add(*people[::2])
    measured = {concept.name: concept for concept in Concept.objects.filter(name__in=CONDITIONS.values())}
    others = list(Concept.objects.of(System.ORPHA).active().exclude(pk__in=[c.pk for c in measured.values()]))
    known = [(user, concept) for user in people for concept in chance.sample(others, EACH)]
    known += [(user, measured[name]) for count, name in CONDITIONS.items() for user in people[:count]]
    Expertise.objects.bulk_create(
        [Expertise(user=user, system="ORPHA", code=concept.code, name=concept.name) for user, concept in known],
        batch_size=5_000,
    )


def searches() -> list[tuple[str, dict[str, str]]]:
    """Address and form of the three searches, every name misspelt: dearer than one spelt well."""
    return [(reverse("experts"), {"condition": text}) for text in MISSPELT.values()]
