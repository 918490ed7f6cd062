"""Everything that changes people, their devices, their roles and their places."""

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
    note_fresh_code,
    note_miss,
    sign_in_verified,
    sign_out,
    take_up_duty,
)
from cpms.accounts.actions.places import add_unit, load_networks, save_group, set_clearance
from cpms.accounts.actions.roles import (
    end_delegation,
    end_role,
    give_post,
    grant_role,
    leave_centre,
    name_assistant,
    set_absence,
    switch_account,
)
from cpms.accounts.actions.security import (
    end_session,
    end_sessions,
    note_seen,
    renew_codes,
    replace_device,
    reset_factor,
    tell,
)

__all__ = [
    "activate",
    "add_unit",
    "change_profile",
    "choose_password",
    "confirm_device",
    "end_delegation",
    "end_role",
    "end_session",
    "end_sessions",
    "give_post",
    "grant_role",
    "leave_centre",
    "load_networks",
    "name_assistant",
    "note_fresh_code",
    "note_miss",
    "note_seen",
    "pending_device",
    "prepare_account",
    "renew_codes",
    "replace_device",
    "resend_link",
    "reset_factor",
    "save_group",
    "set_absence",
    "set_clearance",
    "sign_in_verified",
    "sign_out",
    "switch_account",
    "take_up_duty",
    "tell",
]
