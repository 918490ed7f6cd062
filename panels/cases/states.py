"""Words for what a case holds."""

import re

from django.db import models

CODE = re.compile(r"(?=[^0-9]*[0-9])[A-Za-z0-9][A-Za-z0-9:._/-]*")  # of a term: a digit, no space; never a name

LARGEST_FILE = 2_000_000  # of a phenopacket; its text goes to the page and back
LONGEST_TEXT = 2_400_000  # of that text: a browser makes two signs of each line end
MOST_ROWS = 2_000  # of a case: what its form can send
AHEAD = "This day lies ahead. When was the sample taken?"


class DiagnosisStatus(models.TextChoices):
    CONFIRMED = "confirmed", "confirmed"
    SUSPECTED = "suspected", "suspected"
    EXCLUDED = "excluded", "ruled out"


class Flag(models.TextChoices):
    LOW = "low", "Low"
    HIGH = "high", "High"
    INSIDE = "inside", "Within the range"
    UNTOLD = "untold", "Cannot be told"
    NONE = "", "No range given"


class FileState(models.TextChoices):
    """A file is read by nobody before it is cleaned, and by the panel only once somebody looked at every page of it."""

    WAITING = "waiting", "being checked"
    READY = "ready", "to be looked at"
    SHOWN = "shown", "shown to the panel"
    REFUSED = "refused", "refused"


class PieceOf(models.TextChoices):
    RAW = "raw", "the file as it came"
    CLEAN = "clean", "the cleaned file"
    PAGE = "page", "a page as a picture"


class PartOf(models.TextChoices):
    """What of a case a patient may say is wrong."""

    PATIENT = "patient", "About the patient"
    SUMMARY = "summary", "Summary"
    DIAGNOSES = "diagnoses", "Diagnosis"
    FINDINGS = "findings", "Findings"
    LABS = "labs", "Laboratory"
    VARIANTS = "variants", "Genetics"
    TREATMENTS = "treatments", "Treatment"
    ANSWERS = "answers", "Answers to forms"


class TreatmentKind(models.TextChoices):
    """Those that a phenopacket tells apart, and any other."""

    MEDICATION = "medication", "Medicine"
    PROCEDURE = "procedure", "Procedure"
    RADIOTHERAPY = "radiotherapy", "Radiotherapy"
    REGIMEN = "regimen", "Regimen"
    OTHER = "other", "Other"


class RangeSource(models.TextChoices):
    """In this order: the first that there is counts."""

    LABORATORY = "laboratory", "range of the laboratory"
    GROUP = "group", "range of the thematic group"
    DEFAULT = "default", "default, to be confirmed by the thematic group"
    NONE = "", "no range given"


class RangeSex(models.TextChoices):
    ANY = "any", "Both sexes"
    FEMALE = "female", "Female"
    MALE = "male", "Male"
