"""The one table of consent against an oracle written independently, on random histories; and what pages say of it.

``bin/campaign consent`` takes 500 histories."""

from __future__ import annotations

import os
import random

import pytest

from consent import actions
from consent.models import Consent
from consent.policy import may, may_be_discussed
from consent.states import Act, Actor, Answer, Giver, Stage, allows, sentence
from cpms import clock
from panels.cases.models import Case
from tests.factories import Story

HISTORIES = int(os.environ.get("CPMS_HISTORIES", "50"))
COMPARED: list[int] = []  # for the evidence
REGISTRIES = ("", "eurreca", "paediatric-diabetes")


def oracle(history, actor, act, registry):
    """The same rules in other words, by replaying what was answered and withdrawn."""
    answers = {}
    for verb, stage, name, yes in history:
        if verb == "answer":
            if stage == 2 and not name:  # what is said of every registry is the last word on each of them
                answers = {key: value for key, value in answers.items() if key[0] != 2}
            answers[stage, name] = yes
        else:
            answers = {key: value for key, value in answers.items() if key[0] != stage or not value}
    yes = {key for key, value in answers.items() if value}
    no = answers.keys() - yes
    if actor == "treating":
        return act == "keep" or (act in ("enter", "take_out") and (1, "") in yes)
    if actor == "panel":
        return act in ("see", "advise") and (1, "") in yes
    if act == "receive" and actor in ("registry", "researcher"):
        return (2, registry) in yes or ((2, "") in yes and (2, registry) not in no)
    return actor == "researcher" and act == "contact" and (3, "") in yes


def random_history(dice):
    history = []
    for _ in range(dice.randint(0, 6)):
        stage = dice.choice((1, 2, 3))
        name = dice.choice(REGISTRIES) if stage == 2 else ""
        history.append((dice.choice(("answer", "answer", "withdraw")), stage, name, dice.random() < 0.7))
    return history


@pytest.mark.django_db
def test_random_histories_are_decided_as_the_oracle_does():
    story, dice = Story(), random.Random(4)
    patient = story.patient
    for _ in range(HISTORIES):
        Consent.objects.filter(patient=patient).delete()
        history = random_history(dice)
        for verb, stage, name, yes in history:
            if verb == "withdraw":
                actions.withdraw_consent(patient, by=story.lead, stage=Stage(stage))
            else:
                answer = {"answer": Answer.GIVEN if yes else Answer.REFUSED, "given_by": Giver.PARENT}
                actions.record_consent(
                    patient,
                    by=story.lead,
                    stage=Stage(stage),
                    registry=name,
                    given_on=clock.today(),
                    ending_single=True,
                    **answer,
                )
        given = Consent.objects.filter(patient=patient).answers()
        for actor in Actor:
            for act in Act:
                for registry in REGISTRIES:
                    expected = oracle(history, actor.value, act.value, registry)
                    assert allows(given, actor, act, registry=registry) == expected, (history, actor, act, registry)
        for registry in REGISTRIES[1:]:
            found = Consent.objects.for_registry(registry).filter(patient=patient).exists()
            assert found == oracle(history, "registry", "receive", registry), (history, registry)
        assert bool(may_be_discussed(patient)) == oracle(history, "panel", "see", "")
        assert bool(may(patient, Actor.TREATING, Act.ENTER)) == oracle(history, "treating", "enter", "")
    COMPARED.append(HISTORIES)


@pytest.mark.django_db
def test_the_query_for_panels_asks_what_the_table_says():
    story = Story()
    story.open()
    story.seat(story.expert)
    assert story.case in Case.objects.visible_to(story.expert)
    actions.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    assert story.case not in Case.objects.visible_to(story.expert)
    assert story.case in Case.objects.visible_to(story.lead)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "May not be discussed; not in registries; not about research."),
        (
            {(1, ""): True, (2, "a"): False},
            "May be discussed in Endo-ERN and ERN BOND; not in registries; not about research.",
        ),
        (
            {(1, ""): True, (2, ""): True},
            "May be discussed in Endo-ERN and ERN BOND; may go to registries; not about research.",
        ),
        (
            {(1, ""): True, (2, "b"): True, (2, "a"): True, (3, ""): True},
            "May be discussed in Endo-ERN and ERN BOND; may go to Register A and b only; may be asked about research.",
        ),
        (
            {(1, ""): True, (2, ""): True, (2, "a"): False},
            "May be discussed in Endo-ERN and ERN BOND; may go to registries, but not to Register A; not about research.",
        ),
    ],
)
def test_what_is_allowed_is_said_in_a_sentence(given, words):
    assert sentence(given, networks=("Endo-ERN", "ERN BOND"), names={"a": "Register A"}) == words


def test_what_is_not_in_the_table_is_never_allowed():
    everything = {(1, ""): True, (2, ""): True, (3, ""): True}
    assert not allows(everything, Actor.REGISTRY, Act.CONTACT)
    assert not allows(everything, Actor.PANEL, Act.TAKE_OUT)


@pytest.mark.django_db
def test_refusals_say_which_stage_is_missing():
    story = Story()
    said = [
        may(story.patient, Actor.REGISTRY, Act.RECEIVE).reason,
        may(story.patient, Actor.RESEARCHER, Act.CONTACT).reason,
        may(story.patient, Actor.PANEL, Act.TAKE_OUT).reason,
    ]
    assert [("stage 2" in said[0]), ("stage 3" in said[1]), said[2]] == [True, True, "No consent allows this."]
