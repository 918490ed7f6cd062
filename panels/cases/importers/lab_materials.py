"""What a result was measured in: the specimen that a column, a heading or a name says, and whether the test is measured in it.

Serum, plasma and whole blood count as one: the catalogue's ranges do not tell them apart. What is no blood is never taken for it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from cpms.terminology import catalogue
from cpms.terminology.catalogue import Analyte, spelled
from panels.cases.importers.lab_lines import Known, Line
from panels.cases.importers.lab_words import MATERIALS

BLOOD, URINE, SALIVA = "blood", "urine", "saliva"
WORDS = {
    BLOOD: "serum plasma blood blut vollblut kapillarblut edta citrat heparin sang sangre suero sangue siero plasmatique serique plasmatico serico "
    "surowica surowicy osocze osoczu krew krwi",
    URINE: "urine urines urinary urin harn spontanurin sammelurin morgenurin urinaire urinaires orina urinario urinaria urina "
    "urinarie mocz moczu",
    SALIVA: "saliva salivary speichel salive salivaire salivar salival salivare slina slinie sliny",
    "cerebrospinal fluid": "csf liquor liquors cerebrospinal lcr lcs cefalorraquideo cefalorachidiano liquorale pmr",
    "stool": "stool faeces feces fecal stuhl selles heces feci kal kalu",
    "another fluid": "sweat schweiss sueur sudor sudore pot ascites aszites ascite pleural pleura punktat aspirate amniotic fruchtwasser synovial "
    "dialysate dialysat drainage drain tissue gewebe",
}
LETTERS = {
    "s": BLOOD,
    "se": BLOOD,
    "p": BLOOD,
    "pl": BLOOD,
    "b": BLOOD,
    "eb": BLOOD,
    "u": URINE,
    "ur": URINE,
    "su": URINE,
}
MATERIAL_OF = {word: material for material, words in WORDS.items() for word in words.split()}
COMPOUND = re.compile(
    r"(?:urin|harn(?!stoff|saure)|liquor|speichel)[a-z]{3,}"
)  # Urinstatus, Harnanalyse; not Harnstoff
PLAIN = frozenset(
    "material specimen sample muestra campione echantillon materialu untersuchungsmaterial probe type de du d of der des del della delle in im "
    "aus the from en chemistry biochemistry biochimie chemie klinische clinical bioquimica chimica analysis analyse analisis analisi esame "
    "esami examen examens badanie badania ogolne ogolna profil status spot whole venous capillary venose kapillar 24 h".split()
)
HOURS = re.compile(r"\b24[\s-]*(?:h|hr|hrs|std|stunden|hours?|heures|horas|ore|godz)?\b", re.IGNORECASE)
MOST_WORDS = 6
# What the catalogue has of the same substance in another specimen. Not cortisol in urine: the free one is another test than the total.
ELSEWHERE = {
    ("cortisol", SALIVA): "cortisol_saliva",
    ("metanephrine_plasma", URINE): "metanephrine_urine",
    ("normetanephrine_plasma", URINE): "normetanephrine_urine",
    ("calcium", URINE): "calcium_creatinine_urine",
}


def material_of(text: str) -> str:
    """What a specimen's cell says: a material, or its own words where these name none or more than one."""
    words = spelled(text).split()
    found = {MATERIAL_OF.get(word) or LETTERS.get(word if len(words) == 1 else "", "") for word in words} - {""}
    return found.pop() if len(found) == 1 else text.strip()


def heading_of(cells: tuple[str, ...]) -> str:
    """The material of a line that only says what follows was measured in (``Urin``, ``24h-Urin``, ``Specimen: Urine``).

    Anything but blood counts wherever it stands in so short a line: a doubt too many is answered, a wrong result is not seen.
    """
    filled = [cell for cell in cells if cell]
    text = HOURS.sub(" ", " ".join(filled))
    words = spelled(text).split()
    if not 0 < len(words) <= MOST_WORDS or any(sign.isdigit() for sign in text) or len(filled) > 2:
        return ""
    found = {MATERIAL_OF.get(word) or compound_of(word) for word in words} - {""}
    alone = all(word in MATERIAL_OF or word in PLAIN or compound_of(word) for word in words)
    if len(filled) == 2 and not alone:
        return ""  # a test with an answer in words
    others = found - {BLOOD}
    return (others.pop() if len(others) == 1 else "several") if others else BLOOD if found and alone else ""


def compound_of(word: str) -> str:
    return (
        next((MATERIAL_OF[begin] for begin in ("urin", "harn", "liquor", "speichel") if word.startswith(begin)), "")
        if (COMPOUND.fullmatch(word))
        else ""
    )


def is_measured_in(analyte: Analyte, material: str) -> bool:
    specimen = analyte.specimen
    own = {one for one in (URINE, SALIVA) if one in specimen}
    return material in own or (material == BLOOD and (not own or "serum" in specimen))


def in_material(line: Line, material: str, known: Known) -> Line:
    """The line as a result in this material: as it is, as the test that the catalogue has for it, or with a question.

    ``material`` is empty where nothing says it; a name that says blood itself is believed against a heading.
    """
    analyte = line.analyte
    if not material or line.reading is None or analyte is None or is_measured_in(analyte, material):
        return line
    named = f"{line.name} ({material})"
    other = known(named) or catalogue.analytes().get(ELSEWHERE.get((analyte.key, material), ""))
    if other and is_measured_in(other, material) and fits(other, line):
        return replace(line, name=named if known(named) else other.name, analyte=other)
    doubt = f"Which specimen? Here it says {material}; {analyte.name} is measured in {analyte.specimen}."
    return replace(line, name=named, analyte=None, doubt=doubt)


def fits(analyte: Analyte, line: Line) -> bool:
    """Whether the value can be one of this test: the same substance in urine is often told as another quantity."""
    assert line.reading is not None  # noqa: S101 asked of lines with a reading
    unit = catalogue.read_unit(analyte, line.reading.unit)
    return bool(unit and catalogue.is_plausible(analyte, line.reading.value, unit))


def says_blood(name: str) -> bool:
    return MATERIALS.search(name) is not None
