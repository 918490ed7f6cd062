"""The words, numbers, ranges and dates of a laboratory table in five languages. Nothing is guessed: what is not certain is not read."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal

from cpms.terminology.catalogue import spelled

SIGN = str.maketrans(
    {"\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2264": "≤", "\u2265": "≥", "\u00a0": " ", "\u202f": " "}
)
NUMBER = r"[0-9]{1,9}(?:[.,][0-9]{1,9})?"
VALUE = re.compile(rf"(?P<sign><=|>=|=<|=>|[<>≤≥])?\s*(?P<number>-?{NUMBER})")
SIGNS = {"<": "<", ">": ">", "<=": "<=", "=<": "<=", "≤": "<=", ">=": ">=", "=>": ">=", "≥": ">=", None: ""}
BETWEEN = re.compile(rf"[(\[]?\s*({NUMBER})\s*(?:-|\.\.\.?|…|to|bis|à|a|;)\s*({NUMBER})\s*[)\]]?", re.IGNORECASE)
AT_MOST = re.compile(
    rf"[(\[]?\s*(?:<=?|≤|bis|up to|jusqu'?à|hasta|fino a|inf\.? à)\s*({NUMBER})\s*[)\]]?", re.IGNORECASE
)
AT_LEAST = re.compile(rf"[(\[]?\s*(?:>=?|≥|ab|über|from|sup\.? à|desde|oltre)\s*({NUMBER})\s*[)\]]?", re.IGNORECASE)
FLAGS = {
    "h": "high", "hh": "high", "high": "high", "+": "high", "++": "high", "↑": "high", "hoch": "high", "erhöht": "high",
    "élevé": "high", "alto": "high", "a": "high", "l": "low", "ll": "low", "low": "low", "-": "low", "--": "low", "↓": "low",
    "niedrig": "low", "erniedrigt": "low", "bas": "low", "bajo": "low", "basso": "low", "b": "low", "n": "", "*": "", "!": "",
    "normal": "", "norm": "", "**": "",
}  # fmt: skip
DAY = re.compile(
    r"(?:(\d{4})-(\d{2})-(\d{2})|(\d{1,2})([./-])(\d{1,2})\5(\d{4}|\d{2}))(?:[ T,]+\d{1,2}[:.h]\d{2}(?::\d{2})?(?: ?Uhr)?)?"
)
COLUMNS = {
    "name": "name nom nombre nome nazwa test tests analyte analysis parameter component determination untersuchung analyse analyt bezeichnung messgrosse examen "
    "examens analyses dosage parametre prueba determinacion analito analitica parametro esame esami analisi "
    "badanie",
    "value": "result results value wert messwert ergebnis ergebnisse resultat resultats valeur resultado resultados valor risultato "
    "risultati valore esito wynik wyniki",
    "unit": "unit units uom einheit einheiten masseinheit unite unites unidad unidades unita udm u m jednostka jednostki",
    "range": "range reference ref refrange normal referenzbereich referenz normbereich normwert normwerte norm referenzwerte normes "
    "vr valeurs intervalo referencia valores intervallo riferimento valori zakres norma",
    "low": "low min minimum lower untere untergrenze von mini inferior minimo inferiore da",
    "high": "high max maximum upper obere obergrenze bis maxi superior maximo superiore a",
    "flag": "flag flags h l hl abnormal kennzeichen kennz bewertung alarme alerte anomalie alarma alerta segnalazione asterisco",
    "date": "date collected sampled datum entnahme abnahme entnahmedatum abnahmedatum prelevement fecha extraccion data prelievo",
    "old": "previous prior vorwert vorbefund anteriorite anterieur anterior previo precedente",
    "material": "specimen material sample matrix muestra untersuchungsmaterial probenmaterial materiel echantillon campione materiale probe",
    "other": "comment comments kommentar method methode commentaire methode comentario metodo nota note commento uwagi metoda",
}
PHRASES = {
    "reference range": "range", "ref range": "range", "reference interval": "range", "normal range": "range",
    "valeurs de reference": "range", "valeurs usuelles": "range", "intervalo de referencia": "range",
    "valores de referencia": "range", "intervallo di riferimento": "range", "valori di riferimento": "range",
    "date de prelevement": "date", "fecha de extraccion": "date", "data prelievo": "date", "data del prelievo": "date",
    "collection date": "date", "sample date": "date", "sample taken": "date", "test name": "name", "unita di misura": "unit",
    "specimen type": "material", "sample type": "material", "sample material": "material", "type of specimen": "material",
    "tipo de muestra": "material", "tipo di campione": "material", "type d echantillon": "material", "material badany": "material",
    "nature de l echantillon": "material", "rodzaj materialu": "material", "zakres referencyjny": "range",
    "wartosci referencyjne": "range", "data pobrania": "date",
}  # fmt: skip
COLUMN_OF = {word: column for column, words in COLUMNS.items() for word in words.split()} | PHRASES
MATERIALS = re.compile(
    r"\s*(?:\((?:serum|plasma|s|p|edta|serum/plasma|blut|sang|sangre|sangue|siero)\)|,?\s+(?:i\. ?s\.|im serum|serum|i\. ?pl\.|serique|sérique|"
    r"plasmatique|sérico|serico|en suero|nel siero|en sangre|plasmático|plasmatica|plasmatico))$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Marks:
    """Which decimal marks the document shows beyond doubt."""

    seen: frozenset[str] = frozenset()

    def number(self, text: str) -> Decimal | None:
        """The number; ``None`` where a mark before exactly three digits may part thousands."""
        plain = text.strip().removeprefix("-")
        mark = next((sign for sign in ".," if sign in plain), "")
        if mark and is_ambiguous(plain) and self.seen != {mark}:
            return None
        return Decimal(text.strip().replace(",", "."))


def is_ambiguous(number: str) -> bool:
    """``1.234`` and ``12,500``, but not ``0.234``."""
    whole, _, rest = number.replace(",", ".").partition(".")
    return len(rest) == 3 and whole != "0" and len(whole) <= 3


def marks_in(text: str) -> Marks:
    """The decimal marks of all numbers that cannot be read in two ways; dates, codes and names do not count."""
    found = re.findall(rf"(?<![\w.,/-])-?({NUMBER})(?![\w.,/]*\d)", DAY.sub(" ", text))
    return Marks(frozenset(mark for one in found for mark in ".," if mark in one and not is_ambiguous(one)))


def clean(text: str) -> str:
    return " ".join(text.translate(SIGN).split())


def flag_of(text: str) -> str | None:
    """``high``, ``low`` or an empty text for a mark that says neither; ``None`` when it is no mark."""
    return FLAGS.get(text.strip().strip("()[]").lower())


def day_of(text: str) -> str | None:
    """ISO day, the day before the month; ``None`` when it is no date or one that cannot be read so."""
    match = DAY.fullmatch(text.strip())
    if not match:
        return None
    year, month, day = (match[1], match[2], match[3]) if match[1] else (match[7], match[6], match[4])
    try:
        return dt.date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day)).isoformat()
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Limits:
    low: Decimal | None = None
    high: Decimal | None = None


def limits_of(text: str, marks: Marks) -> Limits | None:
    """A range as laboratories print it; ``None`` when it is none or cannot be read with certainty."""
    text = text.strip()
    for shape, sides in ((BETWEEN, ("low", "high")), (AT_MOST, ("high",)), (AT_LEAST, ("low",))):
        match = shape.fullmatch(text)
        if match:
            numbers = [marks.number(part) for part in match.groups()]
            if None in numbers or (len(numbers) == 2 and numbers[0] > numbers[1]):  # type: ignore[operator]
                return None
            return Limits(**dict(zip(sides, numbers, strict=True)))
    return None


def column_of(cell: str) -> str:
    """What a header cell says stands below it; empty when it says nothing known."""
    word = spelled(cell.partition("(")[0])
    return COLUMN_OF.get(word, "")
