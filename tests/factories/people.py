"""Networks, centres and people, through factory_boy; devices with a known seed."""

from __future__ import annotations

import datetime as dt
import time

import factory
from django.contrib.auth.hashers import make_password
from django_otp.oath import TOTP
from factory.django import DjangoModelFactory

from cpms import clock
from cpms.accounts.models import (
    Centre,
    CentreMembership,
    Delegation,
    Membership,
    Network,
    ThematicGroup,
    TotpDevice,
    User,
)
from cpms.accounts.roles import Role
from cpms.vault import actions as vault
from helpdesk.people.models import (
    AccessRequest,
    GlassBreak,
    LostPhone,
    PlaceProposal,
    RoleProposal,
    Table,
    TableRow,
    WhyAway,
)

PASSWORD = "a quiet harbour at dusk"
HASHED: list[str] = []


def hashed() -> str:
    """The password's hash, made once per process: Argon2 is slow on purpose."""
    if not HASHED:
        HASHED.append(make_password(PASSWORD))
    return HASHED[0]


class NetworkFactory(DjangoModelFactory):
    class Meta:
        model = Network
        django_get_or_create = ("code",)

    code = "ENDO"
    name = "Endo-ERN"


class GroupFactory(DjangoModelFactory):
    class Meta:
        model = ThematicGroup
        django_get_or_create = ("network", "number")

    network = factory.SubFactory(NetworkFactory)
    number = 1
    name = "Adrenal"


class CentreFactory(DjangoModelFactory):
    class Meta:
        model = Centre
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Invented Hospital {n}")
    city = "Tampere"
    country = "FI"
    cleared_on = dt.date(2020, 1, 1)

    @factory.post_generation
    def network(self, create, extracted, **_kwargs):
        network = extracted or NetworkFactory()
        CentreMembership.objects.create(centre=self, network=network, kind="full", since=clock.rights_day())


class UserFactory(DjangoModelFactory):
    """An active clinician of a cleared centre; ``role="none"`` for somebody without any role."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@hospital.example")
    display_name = factory.Sequence(lambda n: f"Dr Invented Person {n}")
    job_title = "Endocrinologist"
    centre = factory.SubFactory(CentreFactory)
    country = "FI"
    zone = "Europe/Helsinki"
    activated_at = factory.LazyFunction(clock.now)
    password = factory.LazyFunction(hashed)

    @factory.post_generation
    def role(self, create, extracted, **_kwargs):
        if extracted != "none":
            give_role(self, extracted or Role.CLINICIAN)


def give_role(user, role, **held_on):
    if role == Role.CLINICIAN and not held_on:
        held_on = {"centre": user.centre}
    if role == Role.RESEARCHER:
        held_on = {"registry": "invented"} | held_on
    return Membership.objects.create(user=user, role=role, **held_on)


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    role = Role.CLINICIAN


class DelegationFactory(DjangoModelFactory):
    class Meta:
        model = Delegation


class AccessRequestFactory(DjangoModelFactory):
    class Meta:
        model = AccessRequest

    email = factory.Sequence(lambda n: f"applicant{n}@hospital.example")
    display_name = factory.Sequence(lambda n: f"Dr Invented Applicant {n}")
    job_title = "Endocrinologist"
    centre = factory.SubFactory(CentreFactory)
    role = "clinician"
    why = "I see adults with adrenal conditions."
    digest = factory.Sequence(lambda n: f"{n:064d}")


class LostPhoneFactory(DjangoModelFactory):
    class Meta:
        model = LostPhone

    person = factory.SubFactory(UserFactory)
    asked_by = factory.SubFactory(UserFactory)
    how_checked = "Video call together with the representative."


class WhyAwayFactory(DjangoModelFactory):
    class Meta:
        model = WhyAway

    person = factory.SubFactory(UserFactory)
    reason = "time"
    by = factory.SubFactory(UserFactory)


class RoleProposalFactory(DjangoModelFactory):
    class Meta:
        model = RoleProposal

    person = factory.SubFactory(UserFactory)
    asked_by = factory.SubFactory(UserFactory)
    role = Role.RESEARCHER
    registry = "invented"
    network = factory.SubFactory(NetworkFactory)


class PlaceProposalFactory(DjangoModelFactory):
    class Meta:
        model = PlaceProposal

    centre = factory.SubFactory(CentreFactory)
    network = factory.SubFactory(NetworkFactory, code="BOND", name="ERN BOND")
    kind = "full"
    asked_by = factory.SubFactory(UserFactory)


class GlassBreakFactory(DjangoModelFactory):
    class Meta:
        model = GlassBreak

    asked_by = factory.SubFactory(UserFactory)
    reason = "The lead is away and the meeting begins."


class TableFactory(DjangoModelFactory):
    """A read table of one bad row."""

    class Meta:
        model = Table
        skip_postgeneration_save = True

    network = factory.SubFactory(NetworkFactory)
    kind = "centres"
    name = "centres.csv"
    header = ["Hospital", "City", "Country"]
    read_by = factory.SubFactory(UserFactory)

    @factory.post_generation
    def rows(self, create, extracted, **_kwargs):
        cells = ["Invented Hospital", "Nowhere", "Nowhere"]
        TableRow.objects.create(
            table=self, number=2, cells=cells, state="bad", problems=["No country is called “Nowhere”."]
        )


def totp_device(user, *, confirmed=True):
    device = TotpDevice(user=user, name="phone", confirmed=confirmed, key=vault.new_key())
    device.seed = b"12345678901234567890"
    device.save()
    return device


def code_for(device, *, steps=0):
    """The device's current code, or one some 30-second steps away."""
    totp = TOTP(device.seed, 30, 0, 6)
    totp.time = time.time() + 30 * steps
    return f"{totp.token():06d}"
