"""Consent as it was given, the sheets it was given on, and what is to be looked at again."""

from consent.models.consents import Consent, ConsentForm, Registry, RegistryRelease, care_consent, language_name
from consent.models.reviews import Review

__all__ = ["Consent", "ConsentForm", "Registry", "RegistryRelease", "Review", "care_consent", "language_name"]
