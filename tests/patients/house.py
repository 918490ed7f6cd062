"""A hospital in which a patient is handed over, and what each of its people sees, has to do and is told."""

from __future__ import annotations

from django.urls import reverse

from cpms.accounts import actions as accounts
from cpms.accounts.models import Delegation, User
from cpms.accounts.roles import Role
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.patients.models import Patient
from tests.clients import signed_in
from tests.factories import Story, UserFactory, give_role

MINE = reverse("panels:hand_over")


class House:
    """A hospital with the patient's clinician and that person's assistant, a colleague and the colleague's, a representative."""

    def __init__(self, tag: str = "a") -> None:
        self.story = Story(tag)
        assert self.story.patient
        self.lead = self.story.lead
        self.centre = self.lead.centre
        self.colleague = UserFactory(centre=self.centre, display_name="Dr Next Person")
        self.assistant, self.her_assistant, self.representative = (
            UserFactory(role="none", centre=self.centre) for _ in range(3)
        )
        Delegation.objects.create(assistant=self.assistant, clinician=self.lead)
        Delegation.objects.create(assistant=self.her_assistant, clinician=self.colleague)
        give_role(self.representative, Role.REPRESENTATIVE, centre=self.centre)

    @property
    def left(self) -> str:
        return reverse("people:left_behind", args=[self.centre.pk])

    def lead_goes(self) -> None:
        accounts.switch_account(self.lead, on=False, by=self.representative)

    def patient(self) -> Patient:
        return Patient.objects.select_related("enrolled_by", "centre").get(pk=self.story.patient.pk)


def again(person: User) -> User:
    """As the next request loads the person."""
    return User.objects.get(pk=person.pk)


ALL, MEMBER, NOTHING = (True, True, True), (False, True, True), (False, False, False)


def sees(house: House, *people: User) -> list[tuple[bool, ...]]:
    """Whether each of them sees patient, case and panel."""
    things = [house.story.patient, house.story.case, house.story.panel]
    return [
        tuple(type(one).objects.visible_to(person).filter(pk=one.pk).exists() for one in things)
        for person in map(again, people)
    ]


def opens(house: House, *people: User) -> list[tuple[int, int]]:
    """What the pages of patient and panel answer them."""
    pages = [house.story.patient.get_absolute_url(), house.story.fresh().get_absolute_url()]
    return [tuple(signed_in(one).get(page, secure=True).status_code for page in pages) for one in people]


def waits(person: User) -> list[str]:
    return sorted(WorkItem.objects.open().filter(who=person).values_list("verb", flat=True))


def mails(person: User) -> list[str]:
    return sorted(OutboxMessage.objects.filter(recipient=person, state="waiting").values_list("notice", flat=True))
