"""What a case is made of."""

from panels.cases.models.files import CaseFile, FilePiece
from panels.cases.models.forms import CaseAnswers, CaseForm
from panels.cases.models.ranges import GroupRange
from panels.cases.models.records import (
    Case,
    CaseGrant,
    CaseImport,
    CasePart,
    Diagnosis,
    Finding,
    LabAlias,
    LabResult,
    Treatment,
    Variant,
    name_token,
    plain,
)
from panels.cases.models.rectifications import Rectification

__all__ = [
    "Case",
    "CaseAnswers",
    "CaseFile",
    "CaseForm",
    "CaseGrant",
    "CaseImport",
    "CasePart",
    "Diagnosis",
    "FilePiece",
    "Finding",
    "GroupRange",
    "LabAlias",
    "LabResult",
    "Rectification",
    "Treatment",
    "Variant",
    "name_token",
    "plain",
]
