"""Record consent, withdraw it, look at it again."""

from consent.actions.recording import (
    hold_consent,
    record_consent,
    save_form,
    save_registry,
    withdraw_consent,
)
from consent.actions.reviewing import erase_patient, keep, look_again, pass_reviews

__all__ = [
    "erase_patient",
    "hold_consent",
    "keep",
    "look_again",
    "pass_reviews",
    "record_consent",
    "save_form",
    "save_registry",
    "withdraw_consent",
]
