"""Notes with labelled identifiers, and clean notes full of traps, in five languages, from a seed. ``python -m`` writes the evidence."""

from __future__ import annotations

import random
import string
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from stdnum.de import idnr as de_idnr
from stdnum.it import codicefiscale

from cpms import identifiers as ids
from tests.cases.identifier_letters import LETTERS, alarms_in_letters, found_in_letters

EVIDENCE = Path(__file__).resolve().parents[2] / "docs" / "evidence" / "identifiers.md"

FIRST = {
    "en": "James Mary Oliver Charlotte Thomas Grace".split(),
    "de": "Anna Lukas Friederike Jürgen Käthe Jonas".split(),
    "fr": "Camille Léa Benoît Chloé Étienne Margaux".split(),
    "es": "María Javier Lucía Íñigo Carmen Álvaro".split(),
    "it": "Giulia Marco Chiara Niccolò Alessia Luca".split(),
}
LAST = {
    "en": "Smith O'Brien Hargreaves Whitfield Jones".split(),
    "de": "Müller Schröder Weißbach Hohenstein Bäcker".split(),
    "fr": "Dupont Lefèvre Moreau Girard Béranger".split(),
    "es": "García Muñoz Fernández Ibáñez Romero".split(),
    "it": "Rossi Esposito Bianchi Ferraro D'Angelo".split(),
}
TITLED = {
    "en": "Mr {l}|Mrs {f} {l}|Ms {l}|Dr {l}|Miss {f} {l}|Prof. {l}",
    "de": "Herr {l}|Frau {f} {l}|Frau Dr. {l}|Familie {l}|Hr. {l}|Herrn {l}",
    "fr": "Monsieur {l}|Mme {l}|Madame {f} {l}|M. {l}|Mlle {l}|Docteur {l}",
    "es": "Sr. {l}|Sra. {l}|Don {f} {l}|Doña {f}|la señora {l}|Dra. {l}",
    "it": "Sig. {l}|Sig.ra {l}|Signora {f} {l}|Dott. {l}|Dott.ssa {l}|Signor {l}",
}
RECORDS = {
    "en": "MRN: {n}|hospital number {n}|patient ID {n}",
    "de": "Pat.-Nr. {n}|Fallnummer: {n}|Aufnahmenummer {n}",
    "fr": "IPP : {n}|n° de dossier {n}|dossier n° {n}",
    "es": "NHC: {n}|historia clínica {n}|nº historia {n}",
    "it": "cartella clinica n. {n}|numero cartella {n}|cartella n° {n}",
}
DATES = {
    "en": "{d:02}/{m:02}/{y}|{d} March {y}|March {d}, {y}|{y}-{m:02}-{d:02}",
    "de": "{d:02}.{m:02}.{y}|{d}. März {y}|{d}.{m}.{y}|{y}-{m:02}-{d:02}",
    "fr": "{d:02}/{m:02}/{y}|{d} mars {y}|{d} août {y}|{y}-{m:02}-{d:02}",
    "es": "{d:02}/{m:02}/{y}|{d} de marzo de {y}|{d} enero {y}|{y}-{m:02}-{d:02}",
    "it": "{d:02}/{m:02}/{y}|{d} marzo {y}|{d} luglio {y}|{y}-{m:02}-{d:02}",
}
PHONES = {
    "en": "+44 20 7946 {a}|020 7946 {a}|tel. 07700 900{b}",
    "de": "+49 30 123 {a}|030 / 901820 {b}|Tel. 0151 2345{a}",
    "fr": "+33 1 23 45 67 {c}|01 23 45 67 {c}|tél. 06 12 34 56 {c}",
    "es": "+34 612 345 {b}|612 345 {b}|teléfono 91 123 {a}",
    "it": "+39 06 1234 {a}|06 1234 {a}|cellulare 347 123 {a}",
}
CLEAN = {
    "en": [
        "Girl of 4 6/12 years with HP:0000846, on hydrocortisone 15 mg/m2/day in 3 doses; 17-OHP 186 nmol/L (0.5-9), renin 214 mIU/L.",
        "NM_000500.9:c.293-13C>G heterozygous, ClinVar 12150, OMIM 201910, ORPHA:90794. Height SDS -2.5, BMI SDS 1.8, bone age 7.5 years.",
        "Turner syndrome was excluded (46,XX). Cushing's disease unlikely: cortisol 08:00 450 nmol/L, 23:00 48 nmol/L, ACTH 12 pg/mL.",
        "Down syndrome, Addison disease since March 2021. Blood pressure 110/70, heart rate 88, temperature 36.8. Follow-up in 3 months.",
        "MRI of 2024: adenoma 6 x 8 x 7 mm, Knosp 1. Dr House criteria do not exist; Tanner B3 P2. Dose 0.05-0.1 mg/kg, weeks 12-14.",
    ],
    "de": [
        "Mädchen, 4 6/12 Jahre, unter Hydrocortison 15 mg/m2/d in 3 Dosen; 17-OHP 186 nmol/l (0,5-9), Renin 214 mU/l, Natrium 131 mmol/l.",
        "M. Basedow seit 2021, TRAK 12,5 IU/l. M. Addison ausgeschlossen. Morbus Cushing unwahrscheinlich, Cortisol 08:00 450 nmol/l.",
        "NM_000500.9:c.293-13C>G heterozygot, HP:0000846, OMIM 201910, ORPHA:90794. Größe SDS -2,5, Knochenalter 7,5 Jahre.",
        "Turner-Syndrom ausgeschlossen. Frau mit Hashimoto-Thyreoiditis, TSH 8,9 mU/l, Kontrolle in 3 Monaten, RR 110/70, Puls 88.",
        "MRT 2024: Adenom 6 x 8 x 7 mm. Tanner B3 P2. Die Mutter hat Diabetes, der Vater ist gesund, 182 cm. Dosis 0,05-0,1 mg/kg.",
    ],
    "fr": [
        "Fille de 4 ans et 6 mois, hydrocortisone 15 mg/m2/j en 3 prises ; 17-OHP 186 nmol/L (0,5-9), rénine 214 mUI/L, natrémie 131 mmol/L.",
        "Maladie de Basedow depuis mars 2021. Syndrome de Turner exclu. Cortisol 8 h 450 nmol/L, ACTH 12 pg/mL, TA 110/70.",
        "NM_000500.9:c.293-13C>G hétérozygote, HP:0000846, OMIM 201910, ORPHA:90794. Taille -2,5 DS, âge osseux 7,5 ans.",
        "La mère a un diabète, le père mesure 182 cm. Patiente suivie depuis 2019, contrôle dans 3 mois, dose 0,05-0,1 mg/kg.",
        "IRM de 2024 : adénome de 6 x 8 x 7 mm. Stade de Tanner S3 P2. TSH 8,9 mUI/L, T4L 14,2 pmol/L, calcium 2,31 mmol/L.",
    ],
    "es": [
        "Niña de 4 años y 6 meses, hidrocortisona 15 mg/m2/día en 3 dosis; 17-OHP 186 nmol/L (0,5-9), renina 214 mUI/L, sodio 131 mmol/L.",
        "Enfermedad de Graves desde marzo de 2021. Síndrome de Turner descartado. Cortisol 08:00 450 nmol/L, TA 110/70, FC 88.",
        "NM_000500.9:c.293-13C>G heterocigota, HP:0000846, OMIM 201910, ORPHA:90794. Talla -2,5 DE, edad ósea 7,5 años.",
        "La madre tiene diabetes, el padre mide 182 cm. Paciente seguida desde 2019, control en 3 meses, dosis 0,05-0,1 mg/kg.",
        "RM de 2024: adenoma de 6 x 8 x 7 mm. Tanner S3 P2. TSH 8,9 mUI/L, T4L 14,2 pmol/L, calcio 2,31 mmol/L, PTH 38 pg/mL.",
    ],
    "it": [
        "Bambina di 4 anni e 6 mesi, idrocortisone 15 mg/m2/die in 3 dosi; 17-OHP 186 nmol/L (0,5-9), renina 214 mUI/L, sodio 131 mmol/L.",
        "Morbo di Basedow da marzo 2021. Sindrome di Turner esclusa. Cortisolo ore 8 450 nmol/L, PA 110/70, FC 88 bpm.",
        "NM_000500.9:c.293-13C>G eterozigote, HP:0000846, OMIM 201910, ORPHA:90794. Statura -2,5 DS, età ossea 7,5 anni.",
        "La madre ha il diabete, il padre è alto 182 cm. Paziente seguita dal 2019, controllo tra 3 mesi, dose 0,05-0,1 mg/kg.",
        "RM del 2024: adenoma di 6 x 8 x 7 mm. Tanner S3 P2. TSH 8,9 mUI/L, FT4 14,2 pmol/L, calcio 2,31 mmol/L, PTH 38 pg/mL.",
    ],
}
KINDS = ("mail", "phone", "date", "number", "record", "name")


@dataclass(frozen=True)
class Note:
    language: str
    text: str
    kind: str = ""
    start: int = 0
    end: int = 0


def national(language: str, dice: random.Random) -> str:
    digits = "".join(dice.choices(string.digits, k=9))
    if language == "en":
        while True:
            nine = "".join(dice.choices(string.digits, k=9))
            check = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(nine)) % 11
            if check != 10:
                whole = nine + str(check % 11)
                return f"{whole[:3]} {whole[3:6]} {whole[6:]}"
    if language == "de":
        return next(n for n in iter(lambda: "".join(dice.choices("123456789", k=11)), "") if de_idnr.is_valid(n))
    if language == "fr":
        body = f"2{dice.randint(10, 99)}{dice.randint(1, 12):02}{dice.randint(1, 95):02}{dice.randint(1, 999):03}{dice.randint(1, 999):03}"
        if body[5:7] == "20":
            body = body[:5] + "21" + body[7:]
        return f"{body}{97 - int(body) % 97:02}"
    if language == "es":
        return digits[:8] + "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits[:8]) % 23]
    consonants = "BCDFGLMNPRSTVZ"
    body = (
        "".join(dice.choices(consonants, k=6))
        + f"{dice.randint(10, 99)}{dice.choice('ABCDEHLMPRST')}{dice.randint(1, 28):02}H501"
    )
    return body + codicefiscale.calc_check_digit(body)


def identifier(kind: str, language: str, dice: random.Random) -> str:
    first, last = dice.choice(FIRST[language]), dice.choice(LAST[language])
    numbers = {"a": dice.randint(1000, 9999), "b": dice.randint(100, 999), "c": dice.randint(10, 99)}
    if kind == "mail":
        return f"{first.encode('ascii', 'ignore').decode().lower() or 'x'}.k{numbers['b']}@mail.example"
    if kind == "phone":
        return dice.choice(PHONES[language].split("|")).format(**numbers)
    if kind == "date":
        return dice.choice(DATES[language].split("|")).format(
            d=dice.randint(1, 28), m=dice.randint(1, 12), y=dice.randint(1950, 2025)
        )
    if kind == "number":
        return national(language, dice)
    if kind == "record":
        return dice.choice(RECORDS[language].split("|")).format(
            n=f"{dice.choice(['', 'K', 'A-'])}{dice.randint(10_000, 9_999_999)}"
        )
    return dice.choice(TITLED[language].split("|")).format(f=first, l=last)


def notes(count: int, seed: int = 1) -> list[Note]:
    """``count`` notes with one identifier each between two clean sentences, languages and kinds in turn."""
    dice, made = random.Random(seed), []
    for number in range(count):
        language, kind = list(CLEAN)[number % 5], KINDS[number // 5 % len(KINDS)]
        before, after = dice.sample(CLEAN[language], 2)
        said = identifier(kind, language, dice)
        made.append(Note(language, f"{before} {said}, {after}", kind, len(before) + 1, len(before) + 1 + len(said)))
    return made


def clean_notes(count: int, seed: int = 2) -> list[Note]:
    dice, made = random.Random(seed), []
    for number in range(count):
        language = list(CLEAN)[number % 5]
        made.append(Note(language, " ".join(dice.sample(CLEAN[language], 3))))
    return made


@cache
def measure(count: int, clean: int) -> tuple[dict[tuple[str, str], tuple[int, int]], Counter]:
    """Found and made by language and kind; false alarms by language. A mark of any kind on the stretch counts as found."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for note in notes(count):
        hit = any(mark.start < note.end and mark.end > note.start for mark in ids.marks(note.text))
        right, all_of = found.get((note.language, note.kind), (0, 0))
        found[note.language, note.kind] = (right + hit, all_of + 1)
    alarms = Counter(note.language for note in clean_notes(clean) for _ in ids.marks(note.text))
    return found, alarms


def evidence(count: int = 3_000, clean: int = 1_000) -> str:
    found, alarms = measure(count, clean)
    lines = [
        "# Marks on identifying text",
        "",
        f"{count:,} generated notes with one identifier each and {clean:,} clean notes full of traps (codes, doses, eponyms, results), five",
        "languages. Recall: the stretch is marked. Made by `tests/cases/identifier_corpus.py`; the same figures are asserted in",
        "`tests/cases/test_identifiers.py`. Invented names; a real note can hold what no rule knows, so the marks never replace reading.",
        "",
        "| language | " + " | ".join(KINDS) + " | false alarms per clean note |",
        "|---|" + "---|" * (len(KINDS) + 1),
    ]
    for language in CLEAN:
        cells = [f"{found[language, kind][0] / found[language, kind][1]:.3f}" for kind in KINDS]
        lines.append(f"| {language} | " + " | ".join(cells) + f" | {alarms[language] / (clean / 5):.3f} |")
    return "\n".join([*lines, *letters()]) + "\n"


def letters(times: int = 20) -> list[str]:
    """The second table of the evidence."""
    found, alarms = found_in_letters(times), alarms_in_letters()
    kinds = list(LETTERS["en"])
    lines = [
        "",
        "## In words that no rule was made for",
        "",
        "The notes above are worded as the rules know it, so they show that the rules work, not what they miss. These sentences of letters",
        "(`tests/cases/identifier_letters.py`) stood there before the rules for names without a title, unusual hospital numbers and",
        "postcodes did; names, towns and postcodes are Faker's. A given name is known by our list of 2,900; a rarer one without a title,",
        "kin or label beside it is missed, most often in German, where every noun begins with a capital.",
        "",
        "| language | " + " | ".join(kinds) + " | false alarms in clean sentences |",
        "|---|" + "---|" * (len(kinds) + 1),
    ]
    for language in LETTERS:
        cells = [f"{found[language, kind][0] / found[language, kind][1]:.2f}" for kind in kinds]
        wrong, of = alarms[language]
        lines.append(f"| {language} | " + " | ".join(cells) + f" | {wrong} in {of} |")
    return lines


if __name__ == "__main__":
    EVIDENCE.write_text(evidence(), encoding="utf-8")
