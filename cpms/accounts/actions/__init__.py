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
from cpms.accounts.actions.places import add_unit, load_networks, save_group, set_clearance

__all__ = [
    "activate",
    "add_unit",
    "change_profile",
    "choose_password",
    "confirm_device",
    "grant_role",
    "load_networks",
    "note_miss",
    "pending_device",
    "prepare_account",
    "resend_link",
    "save_group",
    "set_clearance",
    "sign_in_verified",
    "sign_out",
    "take_up_duty",
]
