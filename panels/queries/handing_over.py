"""Patients to hand over, as those see them who say who answers for them next."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.urls import reverse

from cpms.accounts import queries as accounts
from cpms.accounts.models import Centre, Membership, User
from cpms.accounts.roles import OVERSEEING_ROLES, Role
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.notifications.states import Verb
from cpms.patients.models import Patient
from panels.states import RUNNING

SWITCHED_OFF = Q(event=Event.ACCOUNT_SWITCHED, detail__verb="off")
LEFT = Q(event=Event.LEFT_CENTRE) | SWITCHED_OFF | Q(event=Event.ROLE_ENDED, detail__role=str(Role.CLINICIAN))


def own_patients(user: Any) -> QuerySet[Patient]:
    """The clinician's own, the newest first, with how many of their panels run."""
    return with_running(Patient.objects.answered_for_by(user)).order_by("-enrolled_at", "pk")


def left_at(centre: Any) -> QuerySet[Patient]:
    """The hospital's patients whom nobody answers for: nothing of them but the pseudonym and how many panels run."""
    rows = with_running(Patient.objects.left_behind().filter(centre=centre))
    return rows.select_related(None).only("pseudonym", "enrolled_by").order_by("pseudonym")


def with_running(patients: QuerySet[Patient]) -> QuerySet[Patient]:
    running = Count("cases__panels", filter=Q(cases__panels__state__in=RUNNING), distinct=True)
    return patients.annotate(running=running)


def gone_since(centre: Any) -> dict[Any, dt.datetime]:
    """Clinician to the moment since when they answer for none of the hospital's patients. From the audit trail."""
    gone = Patient.objects.left_behind().filter(centre=centre).order_by().values_list("enrolled_by", flat=True)
    keys = {str(key): key for key in gone.distinct()}
    rows = AuditEvent.objects.filter(LEFT, subject_type=User._meta.label_lower, subject_id__in=list(keys))
    return {keys[key]: at for key, at in rows.order_by().values_list("subject_id").annotate(at=Max("at"))}


def who_decides(centre: Centre) -> tuple[Verb, list[User], str]:
    """Of patients whom nobody answers for: what has to be done at their hospital, by whom, and on which page. Its representatives hand
    them over; of a hospital without any, somebody names one first."""
    if people := list(accounts.representatives_of(centre)):
        return Verb.HAND_OVER, people, reverse("people:left_behind", args=[centre.pk])
    return Verb.NAME_REPRESENTATIVE, list(naming_a_representative(centre)), centre.get_absolute_url()


def naming_a_representative(centre: Any) -> QuerySet[User]:
    """Who can name one for a hospital without: its networks' coordinators, or else their helpdesk, or else the core helpdesk."""
    coordinators = accounts.coordinators_of(centre)
    if coordinators:
        return coordinators
    of_networks = Membership.objects.current().filter(role__in=OVERSEEING_ROLES, network__in=centre.networks_today())
    core = Membership.objects.current().filter(role=Role.CORE_HELPDESK)
    return User.objects.active().filter(pk__in=(of_networks or core).values("user"))


def hospitals_of(person: Any) -> QuerySet[Centre]:
    """Where the person has patients, ``answered`` of them at each; ``gone`` says that nobody answers for these any more."""
    own = Patient.objects.filter(enrolled_by=person, erased_at=None)
    gone = Exists(Patient.objects.left_behind().filter(enrolled_by=person, centre=OuterRef("pk")))
    counted = Centre.objects.filter(patients__in=own).annotate(answered=Count("patients", distinct=True))
    return counted.annotate(gone=gone).order_by("name")
