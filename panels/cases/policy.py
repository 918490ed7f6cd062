"""Who may correct a case, take it out as a file, and set the ranges that its results are seen against."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from consent.policy import may
from consent.states import Act, Actor
from cpms.accounts.access import Verdict, no, rule, yes
from cpms.accounts.models import ThematicGroup
from cpms.accounts.policy import networks_served_by
from cpms.accounts.roles import COORDINATING_ROLES, STAFF_ROLES, Permission, Role
from cpms.patients.policy import may_enrol, treats


@rule(Permission.CASE_EDIT)
def may_edit(user: Any, case: Any) -> Verdict:
    """The treating side, while consent to care is in force: no stage 1, no clinical entry."""
    if not treats(user, case.patient):
        return no("Only the treating side corrects the case.")
    return may(case.patient, Actor.TREATING, Act.ENTER)


def may_begin(user: Any, patient: Any) -> Verdict:
    """Start a case of the patient: as a case is corrected."""
    if not treats(user, patient):
        return no("Only the treating side starts a case.")
    return may(patient, Actor.TREATING, Act.ENTER)


@rule(Permission.CASE_EXPORT)
def may_export(user: Any, case: Any) -> Verdict:
    """The treating side, while consent to care is in force: what has left cannot be called back."""
    if not treats(user, case.patient):
        return no("Only the treating side takes the case out.")
    return may(case.patient, Actor.TREATING, Act.TAKE_OUT)


@rule(Permission.CASE_RECTIFY)
def may_rectify(user: Any, case: Any) -> Verdict:
    """The treating side at any time: a data subject's right needs no consent."""
    if not treats(user, case.patient):
        return no("Only the treating side writes down what the patient says.")
    return no("This patient was erased.") if case.patient.erased_at else yes


@rule(Permission.PANEL_AGAIN)
def may_start_again(user: Any, patient: Any) -> Verdict:
    """Whoever may enrol, for a patient of their own, while consent to care is in force."""
    verdict = may_enrol(user)
    return may(patient, Actor.TREATING, Act.ENTER) if verdict else verdict


def ranged_by(user: Any) -> QuerySet[ThematicGroup]:
    """The groups whose laboratory ranges the person confirms and sets: those they coordinate, and those of the networks that
    they coordinate or serve as helpdesk, which publishes the groups' forms too."""
    coordinated = user.roles_in_force().filter(role=Role.GROUP_COORDINATOR).values("group")
    groups = ThematicGroup.objects.in_tree()
    return groups.filter(
        Q(pk__in=coordinated) | Q(parent__in=coordinated) | Q(network__in=networks_served_by(user).values("pk"))
    )


@rule(Permission.RANGE_SET)
def may_set_ranges(user: Any, group: Any = None) -> Verdict:
    """Whoever coordinates the group or its network, and the network's helpdesk; without a group: of any."""
    if not user.held_roles() & (COORDINATING_ROLES | STAFF_ROLES):
        return no("Laboratory ranges are set by the coordinators of a group and their helpdesk.")
    if group is not None and not ranged_by(user).filter(pk=group.pk).exists():
        return no("The ranges of a group are set by its own coordinators and helpdesk.")
    return yes


@rule(Permission.FILE_READ)
def may_read_file(_user: Any, _file: Any) -> Verdict:
    """Whoever sees the file at all: the treating side, and the panel once it was shown to them."""
    return yes


@rule(Permission.FILE_REMOVE)
def may_remove_file(user: Any, file: Any) -> Verdict:
    """The treating side at any time: taking out needs no consent."""
    if not treats(user, file.case.patient):
        return no("Only the treating side takes a file out.")
    return yes
