"""Work the clock or a lower floor asks for by name."""

from celery import shared_task

from cpms.accounts.models import User
from cpms.jobs.actions import confirmed
from panels import actions


@shared_task(name="panels.expire_invitations")
def expire_invitations() -> None:
    actions.expire_invitations(by=None)


@shared_task(name="panels.look_after_idle")
def look_after_idle() -> None:
    actions.look_after_idle(by=None)


@shared_task(name="panels.chase_questions")
def chase_questions() -> None:
    actions.chase_questions(by=None)


@shared_task(name="panels.look_after_referrals")
def look_after_referrals() -> None:
    actions.look_after_referrals(by=None)


@shared_task(name="panels.look_after_unattended")
@confirmed
def look_after_unattended() -> None:
    actions.look_after_unattended(by=None)


@shared_task(name="panels.escalate")
def escalate() -> None:
    actions.escalate(by=None)


@shared_task(name="panels.freeze")
@confirmed
def freeze(*, patient_id: str, by_id: str = "") -> None:
    actions.freeze(patient_id, by=User.objects.filter(pk=by_id).first() if by_id else None)


@shared_task(name="panels.forget_questions")
@confirmed
def forget_questions(*, patient_id: str) -> None:
    actions.forget_questions(patient_id, by=None)


@shared_task(name="panels.tell_corrected")
@confirmed
def tell_corrected(*, correction_id: str) -> None:
    actions.tell_corrected(correction_id, by=None)


@shared_task(name="panels.check_grants")
def check_grants() -> None:
    actions.mend_sight(by=None)


@shared_task(name="panels.thaw")
@confirmed
def thaw(*, patient_id: str) -> None:
    actions.thaw(patient_id, by=None)


@shared_task(name="panels.left_behind")
@confirmed
def left_behind(*, user_id: str) -> None:
    actions.look_for_left_behind(user_id, by=None)


@shared_task(name="panels.look_after_left_behind")
@confirmed
def look_after_left_behind() -> None:
    actions.let_past_experts_go(by=None)
    actions.look_after_left_behind(by=None)


@shared_task(name="panels.let_go")
@confirmed
def let_go(*, user_id: str) -> None:
    actions.let_go(user_id, by=None)
