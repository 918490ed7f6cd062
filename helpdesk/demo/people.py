"""The invented people a newcomer can be. Their password and seeds are public, so they exist in demonstrations only."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass

from django_otp.oath import TOTP

from cpms.accounts.models import TotpDevice
from cpms.accounts.roles import Role

PASSWORD = "warm-harbour-lantern-27"  # noqa: S105 - shown on the demonstration page
STEP_SECONDS, DIGITS = 30, 6


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """``hospital`` names an invented hospital of the network, for a guest one outside it, and is empty for who works in none."""

    key: str
    name: str
    job_title: str
    hospital: str
    country: str
    zone: str
    part: str
    role: Role | None = Role.CLINICIAN
    group: int | None = None
    interests: tuple[int, ...] = ()
    expertise: tuple[tuple[str, str], ...] = ()
    guest: bool = False
    represents: bool = False

    @property
    def email(self) -> str:
        return f"{self.key}@demo.example"

    @property
    def seed(self) -> bytes:
        """Twenty bytes, the same on every machine."""
        return hashlib.sha256(f"demonstration seed of {self.key}".encode()).digest()[:20]


def one_time_code(person: DemoPerson, *, at: float | None = None) -> str:
    """The six digits that the person's authenticator shows now, or at a moment in seconds since 1970."""
    totp = TOTP(person.seed, STEP_SECONDS, 0, DIGITS)
    totp.time = time.time() if at is None else at
    return f"{totp.token():0{DIGITS}d}"


CAH = ("ORPHA:90794", "Classic congenital adrenal hyperplasia due to 21-hydroxylase deficiency")
PHP = ("ORPHA:79443", "Pseudohypoparathyroidism type 1A")
XLH = ("ORPHA:89936", "X-linked hypophosphatemia")

PEOPLE = (
    DemoPerson(
        "anneli.virtanen",
        "Dr Anneli Virtanen",
        "Paediatric endocrinologist",
        "Pyynikki University Hospital",
        "FI",
        "Europe/Helsinki",
        "Lead clinician: enrols a patient, opens the panel, writes the outcome",
        interests=(1, 2, 11),
        expertise=(PHP,),
    ),
    DemoPerson(
        "giancarlo.benedetti",
        "Dr Giancarlo Benedetti-Lombardi",
        "Endocrinologist",
        "Pianura University Hospital",
        "IT",
        "Europe/Rome",
        "Expert on adrenal conditions; represents the hospital: decides who comes in",
        represents=True,
        interests=(1, 4, 12),
        expertise=(CAH, ("ORPHA:29072", "Hereditary pheochromocytoma-paraganglioma")),
    ),
    DemoPerson(
        "ewa.szczepanska",
        "Prof. Ewa Szczepańska-Grzegorczyk",
        "Clinical geneticist",
        "Wiślana University Hospital",
        "PL",
        "Europe/Warsaw",
        "Expert on genetics of endocrine conditions",
        interests=(1, 2, 7),
        expertise=(CAH, PHP, ("ORPHA:99429", "Complete androgen insensitivity syndrome")),
    ),
    DemoPerson(
        "rasa.kazlauskaite",
        "Dr Rasa Kazlauskaitė-Petraitienė",
        "Endocrine surgeon",
        "Neris Clinics",
        "LT",
        "Europe/Vilnius",
        "Expert on endocrine surgery",
        interests=(1, 4, 8),
        expertise=(CAH, ("ORPHA:652", "Multiple endocrine neoplasia type 1")),
    ),
    DemoPerson(
        "katharina.hohenberger",
        "Prof. Katharina Hohenberger",
        "Endocrinologist",
        "Hohensalz University Hospital",
        "AT",
        "Europe/Vienna",
        "Coordinator of group 2: receives its panels, sees its figures",
        role=Role.GROUP_COORDINATOR,
        group=2,
        interests=(2,),
        expertise=(PHP, XLH),
    ),
    DemoPerson(
        "charlotte.vanbrederode",
        "Dr Charlotte van Brederode-Oosterhuis",
        "Endocrinologist",
        "Maasoever Medical Centre",
        "NL",
        "Europe/Amsterdam",
        "Coordinator of the network: downloads the month's figures",
        role=Role.NETWORK_COORDINATOR,
        interests=(6,),
    ),
    DemoPerson(
        "solene.faure",
        "Solène Fauré-Delacroix",
        "Helpdesk officer",
        "Quai des Tilleuls Hospital",
        "FR",
        "Europe/Paris",
        "Helpdesk: sees who has not activated; never clinical content",
        role=Role.HELPDESK_ADULT,
    ),
    DemoPerson(
        "aoife.nidhomhnaill",
        "Dr Aoife Ní Dhomhnaill",
        "General paediatrician",
        "Kilbrannan General Hospital, Galway",
        "IE",
        "Europe/Dublin",
        "Guest from a hospital outside the network, once invited to a panel",
        role=None,
        guest=True,
    ),
    DemoPerson(
        "mikael.lindqvist",
        "Dr Mikael Lindqvist",
        "Endocrinologist",
        "Fyrisvall University Hospital",
        "SE",
        "Europe/Stockholm",
        "Clinician outside the panel: sees nothing of it",
        interests=(3, 5),
        expertise=(("ORPHA:71526", "Obesity due to pro-opiomelanocortin deficiency"),),
    ),
    DemoPerson(
        "leander.matthijs",
        "Leander Matthijs",
        "Registry scientist",
        "Maasoever Medical Centre",
        "NL",
        "Europe/Amsterdam",
        "Researcher: takes out what patients gave to a registry; sees nobody’s case",
        role=Role.RESEARCHER,
    ),
    DemoPerson(
        "oskar.wennerdal",
        "Oskar Wennerdal",
        "Officer for rare diseases",
        "",
        "SE",
        "Europe/Stockholm",
        "National officer: sees counts of the country in every network, and nothing else",
        role=Role.NATIONAL_OFFICER,
    ),
    DemoPerson(
        "matilde.fontes",
        "Matilde Fontes-Carvalhal",
        "Core helpdesk",
        "",
        "PT",
        "Europe/Lisbon",
        "Core helpdesk: escalated tickets, and the networks compared; never clinical content",
        role=Role.CORE_HELPDESK,
    ),
)


def phone_of(key: str) -> TotpDevice | None:
    """The confirmed phone of one of these people, with its owner; ``None`` for anybody else, and where none are loaded."""
    emails = [person.email for person in PEOPLE if person.key == key]
    phones = TotpDevice.objects.filter(user__email__in=emails, user__is_active=True, confirmed=True)
    return phones.select_related("user").first()
