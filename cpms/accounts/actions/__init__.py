"""Everything that changes people, their devices and their roles."""

from cpms.accounts.actions.activation import (
    activate,
    choose_password,
    confirm_device,
    pending_device,
    prepare_account,
    resend_link,
)
from cpms.accounts.actions.people import (
    change_profile,
    grant_role,
    note_miss,
    sign_in_verified,
    sign_out,
    take_up_duty,
)

__all__ = [
    "activate",
    "change_profile",
    "choose_password",
    "confirm_device",
    "grant_role",
    "note_miss",
    "pending_device",
    "prepare_account",
    "resend_link",
    "sign_in_verified",
    "sign_out",
    "take_up_duty",
]
