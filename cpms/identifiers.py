"""What in a free text could name a person: own rules for English, German, French, Spanish and Italian. Marks, never a verdict.

Of Greek and Bulgarian the plainest alone: a name behind a title, a label, or what says who it is, and a month in words.

A text is only looked at; nothing of it is kept or logged but the kinds that were found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

LONGEST = 200_000  # all that a document of a case gives; what is typed is shorter
GIVEN_NAMES = Path(__file__).with_name("reference") / "given_names.txt"
MAIL, LINK, PHONE, DATE, NUMBER, RECORD, NAME, ADDRESS, POSTCODE = (
    "an e-mail address",
    "a web address",
    "a telephone number",
    "an exact date",
    "a national number",
    "a hospital number",
    "a name",
    "an address",
    "a postcode",
)
MONTHS = (
    "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec "
    "januar februar märz mai juni juli oktober dezember jänner janvier février mars avril juin juillet août septembre octobre "
    "novembre décembre enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre "
    "gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre "
    "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου "
    "януари февруари март април май юни юли август септември октомври ноември декември"
).split()
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
WORD = r"[A-ZÀ-ÖØ-ÞŁŚŻŹĆĄĘÓŃ][a-zà-öø-ÿłśżźćąęóńß'’]+(?:-[A-ZÀ-Þ][a-zà-ÿß]+)?"
EASTERN = r"(?:[Α-ΩΆΈΉΊΌΎΏ][α-ωάέήίόύώϊϋΐΰ]+|[А-Я][а-я]+)"
EASTERN_NAME = rf"(?P<name>{EASTERN}(?:\s+{EASTERN}){{0,2}})"
PARTICLE = r"(?:von|van|vom|zu|der|den|de|del|della|di|da|la|le|du|des|y|O'|Mc)"
NAMES = rf"{WORD}(?:\s+(?:{PARTICLE}\s+)*{WORD}){{0,2}}"
TITLES = (
    r"Mr|Mrs|Ms|Miss|Mister|Master|Dr|Prof|Herrn?|Frau|Hr|Fr|Familie|Monsieur|Madame|Mademoiselle|Mme|Mlle|M|Docteur|Professeur|"
    r"Sr|Sra|Srta|Dra|Profa|Señora?|Señorita|Don|Doña|D|Dña|Doctora?|Sig|Signora?|Signorina|Sig\.ra|Sig\.na|Dott|Dott\.ssa|Dottore|Dottoressa|señor(?:a|ita)?|monsieur|madame|signor[ea]?|signorina|doctora?"
)
CALLED = (
    r"name is|named|called|Name ist|namens|heißt|heisst|s['’]appelle|prénommée?|nommée?|se llama|llamad[oa]|si chiama|chiamat[oa]|"
    r"mother of|father of|sister of|brother of|Mutter von|Vater von|Schwester von|Bruder von|mère de|père de|madre de|padre de|"
    r"hermana de|hermano de|mamma di|madre di|padre di|sorella di|fratello di"
)
PERSON = (
    r"[Pp]atient(?:in|e)?|[Pp]aciente|[Pp]aziente|[Mm]other|[Ff]ather|Mutter|Vater|[Mm]ère|[Pp]ère|[Mm]adre|[Pp]adre"
)
KIN = (  # of languages in which common nouns begin small
    r"[Bb]rother|[Ss]ister|[Dd]aughter|[Hh](?:is|er) son|[Aa]unt|[Uu]ncle|[Cc]ousin|[Ff]rère|[Ss]œur|[Ff]ils|[Tt]ante|[Oo]ncle|"
    r"[Hh]erman[oa]|[Hh]ij[oa]|[Tt]í[oa]|[Pp]rim[oa]|[Ff]ratello|[Ss]orella|[Ff]igli[oa]|[Zz]i[oa]"
)
LABELS = (
    "name|nom|nombre|nome|cognome|apellidos?|vorname|nachname|prénom|gp|family doctor|paediatrician|hausarzt|hausärztin|kinderarzt|"
    "kinderärztin|médecin traitant|pédiatre|médico de cabecera|pediatra|medico curante|medico di base|signed|gez|signé|firmado|firmato"
)
PLACES = "Hôp|Hosp|Osp|Klini|Clini|Clíni|Cent|Univ|Poli|Praxis|Insti|Isti"
EPONYMS = frozenset(
    (
        "addison basedow graves hashimoto cushing conn sheehan turner klinefelter down noonan kallmann prader willi angelman marfan "
        "albright mccune wiskott silver russell laron beckwith wiedemann hippel lindau gitelman bartter liddle fanconi dent wilson "
        "gaucher fabry pompe swyer rokitansky mayer küster hauser bardet biedl alström wolfram pendred digeorge williams beuren gardner "
        "carney cowden li fraumeni plummer recklinghausen paget perthes osgood schlatter crohn hodgkin parkinson alzheimer tanner "
        "ferriman gallwey greulich pyle bayley apgar dexa holter doppler addisonien basedowien robin bonnet caffey probst tooth bar gunn chiari cunningham"
    ).split()
)
DISEASE = re.compile(
    r"(?:['’]s)?[\s-]+(?:syndrom|disease|krankheit|maladie|enfermedad|malattia|sindrom|stage|stadi|stade|score|criteri|kriteri|critère|scale|sign\b|test\b|sequen|séquen|secuen|deformit|reflex|bod(?:y|ies)\b|phenomen|cyst\b|antigen)",
    re.I,
)
NAMED_AFTER = re.compile(  # what stands before a name that is nobody's who is meant
    r"(?i)\b(?:hospital|hôpital|clinique|clínica|clinic|klinik(?:um)?|ospedale|policlinico|istituto|institute?|instituto|centre|centro|rue|via|"
    r"calle|avenue|universit\w*|syndrome?s?|síndrome|sindrome|maladie|malattia|enfermedad|morbus|sequence|séquence|sequenza|secuencia|"
    r"signe?|signo|segno|score|sant?|santa|santo|saint|sainte|st|sankt)\.?\s+(?:(?:de|di|du|of|von|nach|der)\s+|d['’])?$"
)
CAPITALS = r"[A-ZÀ-Þ]{3,}(?:[-'’ ][A-ZÀ-Þ]{3,})?"
ONE_WORD = re.compile(rf"(?<![\w-]){WORD}(?![\w-])")
FAMILY = re.compile(rf"[ \t]+(?:{PARTICLE}[ \t]+)*(?P<name>{WORD}|{CAPITALS})(?!\w)")
FAMILY_FIRST = re.compile(rf"(?:{WORD},|{CAPITALS},?)[ \t]+$")
STREET = re.compile(
    r"\b(?:[A-ZÄÖÜ][a-zäöüß]+(?:straße|strasse|str\.|weg|gasse|platz|allee)\s+\d{1,4}[a-z]?"
    r"|(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Cc]alle|[Aa]venida|[Pp]laza|[Vv]ia|[Vv]iale|[Pp]iazza|[Cc]orso)\s+(?:(?:de|du|des|de la|la|del|della)\s+)?"
    r"[A-ZÀ-Þ][\wà-ÿ'’]+(?:\s+[A-ZÀ-Þ][\wà-ÿ]+)?,?\s+\d{1,4}"
    r"|\d{1,4},?\s+(?:bis\s+|ter\s+)?(?:rue|avenue|boulevard|impasse|chemin)\s+(?:(?:de|du|des|de la|la)\s+)?[A-ZÀ-Þ][\wà-ÿ]+"
    r"|\d{1,4}[a-z]?\s+[A-Z][a-z]+\s+(?:Street|Road|Avenue|Lane|Drive|Close|Square|Gardens|St|Rd))\b"
)
RECORDS = (
    r"mrn|nhc|ipp|nip|nda|iep|cip[as]?|sip|pid|n\.h\.c|h\.c|nhs (?:no|number)|hosp(?:ital)?\.? (?:no|number|id)|record (?:no|number)|"
    r"(?:unit|chart|file|case|pas|accession) (?:no|number|id)|case notes|(?:lab|sample|specimen) (?:no|number|id)|patient (?:id|no|number)|"
    r"(?:our|your) ref(?:erence)?|pat(?:ienten)?\.?[- ]?(?:nr|id|nummer)|fall[- ]?(?:nr|nummer)|aufn(?:ahme)?\.?[- ]?(?:nr|nummer)|"
    r"(?:kranken)?akten?[- ]?(?:nr|nummer|zeichen)?|krankenblatt[- ]?(?:nr|nummer)|(?:archiv|labor|proben|auftrags|versicherten)[- ]?(?:nr|nummer)|"
    r"unser zeichen|dossier(?: médical)?|identifiant(?: patient)?|[nv]os références?|réf|historia(?: clínica)?|expediente|"
    r"(?:nuestra|su) referencia|cartella(?: clinica)?|(?:id|codice) paziente|nosologico|codice sanitario|(?:nostro|vostro) riferimento|"
    r"(?:n[uú]m[eé]ro|n\.?[°º]|n\.)\s*(?:de\s+|di\s+|della\s+)?(?:dossier|patient|séjour|historia|paciente|expediente|episodio|cartella|pratica|"
    r"nosologico|paziente|ricovero)"
)
NO_TOWNS = (
    "Einheiten|Leukozyten|Thrombozyten|Erythrozyten|Zellen|Kopien|Keime|Kinder|Patient|Personen|Fälle|Geburten|Neugeborene|Schritte|"
    "Kalorien|Euro|Internationale|Units|IE"
)
RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (MAIL, re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+\b")),
    (LINK, re.compile(r"\b(?:https?://|www\.)\S+")),
    (DATE, re.compile(r"(?<!\d\.)\b(?:0?[1-9]|[12]\d|3[01])([./-])(?:0?[1-9]|1[0-2])\1(?:(?:19|20)\d\d|\d\d)\b(?![.,]?\d)")),
    (DATE, re.compile(r"\b(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b")),
    (DATE, re.compile(rf"\b\d{{1,2}}(?:st|nd|rd|th|er|\.|º|°)?\s+(?:of\s+|de\s+)?(?:{MONTH})\.?,?\s+(?:de\s+|del\s+)?(?:19|20)\d\d\b", re.I)),
    (DATE, re.compile(rf"\b(?:{MONTH})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d\b", re.I)),
    (PHONE, re.compile(r"(?<![\w+])\+\d{1,3}[\s./()-]*\d(?:[\s./()-]*\d){6,12}(?!\w)")),
    (PHONE, re.compile(r"(?i)\b(?:tel|phone|mobile|handy|telefon|téléphone|portable|teléfono|móvil|telefono|cellulare|fax)\b[.:]*\s*(?:n[°ºr.o]*\s*)?[+\d(][\d\s./()-]{5,16}\d")),
    (PHONE, re.compile(r"(?<![\w.,/:-])0\d{1,4}(?:\s?[/-]\s?|\s)\d{2,6}(?:[\s./-]?\d{2,4}){1,4}(?![\w.,]?\d)")),
    (PHONE, re.compile(r"(?<![\w.,/:-])[6789]\d{2}[\s.]\d{2,3}[\s.]\d{2,3}(?:[\s.]\d{2,3})?(?![\w.,]?\d)")),
    (RECORD, re.compile(rf"(?i)\b(?:{RECORDS})(?:[\s.:#n°ºr]|n[uú]mero)*(?!(?:19|20)\d\d\b)(?=[A-Z0-9/-]*\d)[A-Z0-9][A-Z0-9/-]{{3,}}")),
    (POSTCODE, re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s\d[ABD-HJLNP-UW-Z]{2}\b")),
    (POSTCODE, re.compile(r"(?i:\b(?:PLZ|Postleitzahl|post ?code|code postal|código postal|codice postale)|\bC\.?P\.?|\bCAP)[\s.:]*\d{5}\b")),
    (POSTCODE, re.compile(
        rf"(?<![\w.,/:>-])(?<!ORPHA )(?<!MIM )(?<!HGNC )(?<!ClinVar )(?<!PMID )(?<!PMID: )"
        rf"(?:(?:[DFIEL]-|FR-|IT-|ES-)?\d{{5}}|(?:A|CH|B|AT|BE|L)-\d{{4}}|\d{{2}}-\d{{3}}|\d{{4}}-\d{{3}}),?\s+(?!{NO_TOWNS}){WORD}"
    )),
    (ADDRESS, STREET),
)  # fmt: skip
NAME_RULES = (
    re.compile(
        rf"(?<!itamin )(?<!itamine )(?<!itamina )(?:(?<=\s)|(?<=[(\"'„«,;:/])|^)(?:{TITLES})\.?\s+(?:(?:{TITLES})\.?\s+)?(?P<name>{NAMES})"
    ),
    re.compile(rf"\b(?:{CALLED})\s+(?P<name>{NAMES})"),
    re.compile(rf"\b(?:{PERSON})[,:]?\s+(?P<name>{WORD}\s+(?:{PARTICLE}\s+)*{WORD})"),
    re.compile(rf"\b(?:{KIN})[,:]?\s+(?P<name>{WORD})"),
    re.compile(rf"(?i:\b(?:{LABELS}))\s*:\s*(?P<name>(?!{PLACES}){WORD},?\s+(?:{PARTICLE}\s+)*{WORD})"),
    re.compile(rf"\b(?:[Tt]he\s+(?P<name>(?!\w+(?:idae|aceae|virus)\b){WORD})\s+family)\b"),
    re.compile(
        rf"(?<!\w)(?:[Κκ]\.|[Κκ](?:ος|α|υρία|ύριος)|Δρ\.?|Καθ\.|[Гг]-(?:н|жа)|[Дд]-р|[Пп]роф\.)\s+{EASTERN_NAME}"
    ),
    re.compile(rf"(?<!\w)(?i:όνομα|επώνυμο|ονοματεπώνυμο|име|имена|фамилия)\s*:\s*{EASTERN_NAME}"),
    re.compile(
        rf"(?<!\w)(?i:ασθενής|μητέρα|πατέρας|пациент(?:ка|ът|ката)?|майка(?:та)?|баща(?:та)?)[,:]?\s+(?P<name>{EASTERN}\s+{EASTERN})"
    ),
    re.compile(rf"\b(?:[Ff]amille|[Ff]amilia|[Ff]amiglia)\s+(?P<name>{WORD})"),
)
NUMBERS = (
    "at.vnr be.nn bg.egn ch.ssn cz.rc de.idnr dk.cpr ee.ik es.dni es.nie fi.hetu fr.nir gb.nhs gr.amka hr.oib ie.pps is_.kennitala "
    "it.codicefiscale lt.asmens nl.bsn no.fodselsnummer pl.pesel pt.cc ro.cnp se.personnummer si.emso sk.rc"
).split()
CANDIDATES = (
    re.compile(r"(?<![\w.,/:>-])\d(?:[ ./-]?\d){7,17}(?![\w:>]|[.,]\d)"),
    re.compile(r"(?<![\w.,/:>-])(?=[A-Z]*\d)[0-9A-Z]{8,18}(?![\w:>])"),
    re.compile(r"(?<![\w.,/:>-])\d{6}[-+A]\d{3}[0-9A-Y](?![\w:>])"),
)
CODE = re.compile(r"(?i)\b(?:HP|ORPHA|OMIM|MONDO|HGNC|LOINC|PMID|NM|NP|NC|ENST|ENSG|rs)[:_ ]?\d")


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the text and what it could be."""

    kind: str
    start: int
    end: int


def marks(text: str, *, records: Iterable[tuple[int, int]] = ()) -> list[Mark]:
    """What could name a person, in the order of the text; a stretch is marked once. ``records`` are stretches that are known
    to be hospital numbers."""
    text = text[:LONGEST]
    known = [Mark(RECORD, start, end) for start, end in records]
    ruled = [*_by_rules(text), *_names(text), *_given(text), *_numbers(text)]
    found = sorted([*known, *ruled], key=lambda mark: (mark.start, -mark.end))
    kept: list[Mark] = []
    for mark in found:
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return kept


def _by_rules(text: str) -> Iterator[Mark]:
    for kind, rule in RULES:
        for match in rule.finditer(text):
            if not CODE.match(text, match.start()):
                yield Mark(kind, match.start(), match.end())


def _names(text: str) -> Iterator[Mark]:
    """Not "Morbus Basedow", "M. Addison", "Turner syndrome": a disease or a scale is named after many people."""
    for rule in NAME_RULES:
        for match in rule.finditer(text):
            first = re.split(r"[\s-]", match["name"])[0].casefold().removesuffix("'s").removesuffix("’s")
            if first not in EPONYMS and not DISEASE.match(text, match.end("name")):
                yield Mark(NAME, match.start("name"), match.end("name"))


def _given(text: str) -> Iterator[Mark]:
    """Given names, known by a list, with the family name beside them. Not "Pierre Robin sequence", "hôpital Henri Mondor"."""
    certain, doubtful = _given_names()
    for match in ONE_WORD.finditer(text):
        parts = re.sub(r"['’]s?$", "", match[0]).split("-")
        if not (certain | doubtful).issuperset(parts):
            continue
        family = FAMILY.match(text, match.end())
        end = family.end() if family else match.end()
        follows = family["name"] if family else ""
        before = text[max(match.start() - 40, 0) : match.start()]
        alone = len(parts) == 1 and parts[0] in doubtful and (not follows or follows.isupper())
        if alone or not EPONYMS.isdisjoint(part.casefold() for part in (*parts, follows)):
            continue
        if not (DISEASE.match(text, match.end()) or DISEASE.match(text, end) or NAMED_AFTER.search(before)):
            first = FAMILY_FIRST.search(before)
            yield Mark(NAME, match.start() - (len(first[0]) if first else 0), end)


@cache
def _given_names() -> tuple[frozenset[str], frozenset[str]]:
    """Those that name a person, and those that do before a family name only."""
    lines = GIVEN_NAMES.read_text(encoding="utf-8").splitlines()
    doubtful = [line for line in lines if line.startswith("~")]
    certain = [line for line in lines if not line.startswith(("~", "#"))]
    return frozenset(" ".join(certain).split()), frozenset(" ".join(doubtful).split()) - {"~"}


def _numbers(text: str) -> Iterator[Mark]:
    """A run of letters and digits that is a national number of some country, check digits included."""
    for candidate in CANDIDATES:
        for match in candidate.finditer(text):
            run = match[0]
            if sum(sign.isdigit() for sign in run) >= 7 and any(is_valid(run) for is_valid in _validators()):
                yield Mark(NUMBER, match.start(), match.end())


@cache
def _validators() -> tuple[Callable[[str], bool], ...]:
    modules: list[Any] = [import_module(f"stdnum.{name}") for name in NUMBERS]
    return tuple(module.is_valid for module in modules)
