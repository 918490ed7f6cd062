"""What a reader of a foreign file hands over: the case it found, and everything it did not take."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


class ImportRefused(Exception):
    """The file cannot be read as a case. ``str(error)`` is one or two sentences for a clinician."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A code as its own authority writes it (``HP:0000846``, ``ORPHA:418``, LOINC ``1668-3``) and its label."""

    system: str = ""
    code: str = ""
    label: str = ""

    def __str__(self) -> str:
        return self.label or self.code


@dataclass(frozen=True, slots=True)
class ReadAge:
    """An age: ISO 8601 duration, words, and whole years with the months beyond them (None when not stated); or a stage's code."""

    iso: str
    text: str
    years: int | None = None
    months: int | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class ReadFinding:
    """A phenotypic feature, present or explicitly absent. ``onset`` and ``resolution`` are words, never dates."""

    code: str
    label: str
    present: bool
    onset: str = ""
    onset_code: str = ""
    resolution: str = ""
    severity: str = ""
    modifiers: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReadDiagnosis:
    """A disease; ``status`` is ``confirmed``, ``suspected`` or ``excluded``."""

    system: str
    code: str
    label: str
    status: str
    onset: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReadLab:
    """One measurement. A numeric result has ``value``; a coded or composite one has ``text`` instead.

    ``unit`` is a UCUM code where the file gives one; ``low`` and ``high`` are in that same unit.
    """

    system: str
    code: str
    label: str
    value: Decimal | None = None
    comparator: str = ""
    text: str = ""
    text_code: str = ""
    unit: str = ""
    unit_label: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    taken: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReadVariant:
    """One genomic interpretation: a variant, or only the gene."""

    gene: str = ""
    gene_code: str = ""
    transcript: str = ""
    hgvs_c: str = ""
    hgvs_g: str = ""
    hgvs_p: str = ""
    position: str = ""
    zygosity: str = ""
    significance: str = ""
    role: str = ""
    kind: str = ""
    label: str = ""
    diagnosis_code: str = ""
    note: str = ""

    @property
    def name(self) -> str:
        """The shortest name that still says which variant it is."""
        change = self.hgvs_c or self.hgvs_g or self.label or self.hgvs_p or self.position
        coding = f"{self.transcript}:{change}" if self.transcript and change == self.hgvs_c else change
        return coding or self.gene


@dataclass(frozen=True, slots=True)
class ReadTreatment:
    """A medication, procedure, radiotherapy or regimen; ``detail`` holds doses and routes in words."""

    kind: str
    code: str
    label: str
    detail: str = ""
    started: str = ""
    ended: str = ""
    response: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something in the file that is not in the case. ``shown`` is its value, shortened; empty when it is private."""

    path: str
    why: str
    shown: str = ""


@dataclass(frozen=True, slots=True)
class ReadCase:
    """A whole file. Every value in it is in one of these fields or named in ``left_out``."""

    sex: str
    karyotype: str = ""
    birth_year: int | None = None
    birth_month: int | None = None
    age: ReadAge | None = None
    vital_status: str = ""
    vital_note: str = ""
    findings: tuple[ReadFinding, ...] = ()
    diagnoses: tuple[ReadDiagnosis, ...] = ()
    labs: tuple[ReadLab, ...] = ()
    variants: tuple[ReadVariant, ...] = ()
    treatments: tuple[ReadTreatment, ...] = ()
    sources: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many of each the file gave, in the words the page uses."""
        present = sum(finding.present for finding in self.findings)
        return {
            "present": present,
            "absent": len(self.findings) - present,
            "diagnoses": len(self.diagnoses),
            "labs": len(self.labs),
            "variants": len(self.variants),
            "treatments": len(self.treatments),
        }
