"""Laboratory tables as European laboratories print them, made from a seed, with what they truly say. Knows nothing of the reader."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal

from cpms.terminology import catalogue

HEADERS = {
    "en": ("Test", "Result", "Unit", "Reference range", "Flag", "Collected", "Low", "High"),
    "de": ("Untersuchung", "Ergebnis", "Einheit", "Referenzbereich", "Kennz.", "Entnahme", "Untere", "Obere"),
    "fr": ("Analyse", "Résultat", "Unité", "Valeurs de référence", "Alerte", "Prélèvement", "Min", "Max"),
    "es": ("Prueba", "Resultado", "Unidades", "Valores de referencia", "Alarma", "Fecha", "Mín", "Máx"),
    "it": ("Esame", "Risultato", "Unità", "Valori di riferimento", "Segnalazione", "Data", "Min", "Max"),
    "pl": ("Badanie", "Wynik", "Jednostka", "Zakres referencyjny", "Flag", "Data pobrania", "Min", "Max"),
}
SPECIMENS = {  # the column's name, then what stands for blood and for urine in it or above a section
    "en": ("Specimen", ("Serum", "Plasma", "S"), ("Urine", "24 h urine", "U")),
    "de": ("Material", ("Serum", "EDTA-Plasma", "Blut"), ("Urin", "24h-Urin", "Spontanurin")),
    "fr": ("Échantillon", ("Sérum", "Plasma", "Sang"), ("Urines", "Urines de 24 h", "Urine")),
    "es": ("Muestra", ("Suero", "Plasma", "Sangre"), ("Orina", "Orina de 24 horas")),
    "it": ("Campione", ("Siero", "Plasma", "Sangue"), ("Urine", "Urine delle 24 ore")),
    "pl": ("Materiał", ("Surowica", "Osocze", "Krew"), ("Mocz", "Mocz")),
}
BLOOD_IN_NAMES = (
    "plasma",
    "plasmá",
    "osocz",
    "serum",
    "sérique",
    "sangre",
    "blood",
    "suero",
    "sérico",
)  # a name that says it is believed below a heading
NOISE = {
    "en": (
        "Sample slightly haemolysed",
        "Report of the central laboratory, page 1 of 2",
        "Comment: repeat in 2 weeks",
        "Ward 4B",
    ),
    "de": (
        "Probe leicht hämolytisch",
        "Befund vom Zentrallabor, Seite 1 von 2",
        "Hinweis: Kontrolle in 14 Tagen",
        "Station 4B",
    ),
    "fr": ("Échantillon légèrement hémolysé", "Page 1 sur 2", "Commentaire : à contrôler dans 15 jours", "Service 12"),
    "es": ("Muestra ligeramente hemolizada", "Página 1 de 2", "Comentario: repetir en 15 días", "Planta 3"),
    "it": ("Campione lievemente emolizzato", "Pagina 1 di 2", "Commento: ripetere tra 15 giorni", "Reparto 7"),
    "pl": ("Próbka lekko zhemolizowana", "Strona 1 z 2", "Uwagi: powtórzyć za 2 tygodnie", "Oddział 4"),
}
DAY_LINES = {
    "en": "Collected",
    "de": "Entnahme",
    "fr": "Date de prélèvement",
    "es": "Fecha",
    "it": "Data prelievo",
    "pl": "Data pobrania",
}
BIRTH_LINES = {
    "en": "Date of birth",
    "de": "Geburtsdatum",
    "fr": "Né(e) le",
    "es": "Fecha de nacimiento",
    "it": "Data di nascita",
    "pl": "Data urodzenia",
}
FLAGS = {"en": "HL", "de": "+-", "fr": "HB", "es": "AB", "it": "AB", "pl": "HL"}
PRINTED = {"ug": ("µg", "ug", "mcg"), "umol": ("µmol", "umol", "μmol")}


@dataclass(frozen=True)
class Truth:
    """One result as the laboratory means it. Without ``key`` it was measured in another specimen than the test's own."""

    key: str
    sign: str
    value: Decimal
    unit: str
    low: Decimal | None
    high: Decimal | None
    taken: str


class Layout:
    """One table: ``text`` to paste and ``truths`` that it holds."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.language = self.dice.choice(list(HEADERS))
        self.comma = self.dice.random() < (0.2 if self.language == "en" else 0.85)
        self.parting = self.dice.choice(["\t", ";", " | ", "    ", " "])
        self.order = self.dice.choice(
            ["nvurf", "nvruf", "nvufr", "nvfur", "nurvf", "vnurf"]
            if self.parting != " "
            else ["nvurf", "nvruf", "nvufr", "nvfur"]
        )
        self.header = self.parting != " " and self.dice.random() < 0.7
        self.split_range = self.header and self.dice.random() < 0.2
        self.cumulative = self.header and not self.split_range and self.dice.random() < 0.2
        self.bracket = self.dice.choice(["{}", "({})", "[{}]"])
        self.between = self.dice.choice(["-", " - ", "–", " – "])
        self.day = f"{self.dice.randint(2019, 2026)}-{self.dice.randint(1, 12):02}-{self.dice.randint(1, 28):02}"
        self.dated = self.dice.random() < 0.5
        self.by_specimen = self.header and not self.cumulative and self.dice.random() < 0.3
        self.has_urine = not self.by_specimen and not self.cumulative and self.dice.random() < 0.2
        self.in_urine = False
        self.truths: list[Truth] = []
        self.text = "\n".join(self._lines())

    def _lines(self) -> list[str]:
        lines = []
        if self.dice.random() < 0.4:
            lines.append(f"{BIRTH_LINES[self.language]}: {self._day('2011-03-09')}")
        if self.dated and not self.cumulative:
            time = self.dice.choice(["", " 08:15", " 7:05"])
            lines.append(f"{DAY_LINES[self.language]}: {self._day(self.day)}{time}")
        names = self.dice.sample(sorted(catalogue.analytes()), self.dice.randint(3, 9))
        if self.header:
            lines.append(self.parting.join(self._header()))
        turn = self.dice.randrange(len(names)) if self.has_urine else len(names)
        for place, key in enumerate(names):
            if place == turn:
                self.in_urine = True
                lines.append(self.dice.choice(SPECIMENS[self.language][2][:2]) + self.dice.choice(["", ":"]))
            if self.dice.random() < 0.15:
                lines.append(self.dice.choice(NOISE[self.language]))
            lines.append(self._result(catalogue.analytes()[key]))
        return lines

    def _header(self) -> list[str]:
        name, value, unit, bounds, flag, _, low, high = HEADERS[self.language]
        if self.cumulative:
            self.days = [self.day, f"{int(self.day[:4]) - 1}{self.day[4:]}"]
            return [name, unit, bounds, *(self._day(day) for day in self.days)]
        cells = {
            "n": [name],
            "v": [value],
            "u": [unit],
            "r": [low, high] if self.split_range else [bounds],
            "f": [flag],
        }
        row = [cell for kind in self.order for cell in cells[kind]]
        return [*row, SPECIMENS[self.language][0]] if self.by_specimen else row

    def _day(self, iso: str) -> str:
        year, month, day = iso.split("-")
        shapes = {"en": f"{day}/{month}/{year}", "de": f"{day}.{month}.{year}"}
        return shapes.get(self.language, self.dice.choice([f"{day}/{month}/{year}", f"{day}-{month}-{year}", iso]))

    def _number(self, value: Decimal) -> str:
        text = f"{value:f}"
        return text.replace(".", ",") if self.comma else text

    def _value(self, low: Decimal, high: Decimal, places: int) -> Decimal:
        spread = (high - low) or Decimal(1)
        return round(max(low + spread * Decimal(str(self.dice.uniform(-0.6, 1.8))), Decimal("0.001")), places)

    def _result(self, analyte: catalogue.Analyte) -> str:
        self.name = self._name(analyte)
        unit = self.dice.choice(analyte.units)
        sourced = [one for one in analyte.intervals if one.low is not None and one.high is not None]
        base = self.dice.choice(sourced) if sourced else None
        pair = (base.low, base.high, base.unit) if base else (analyte.lowest * 2, analyte.highest / 2, analyte.unit)
        low, high = (catalogue.in_unit(analyte, bound, pair[2], unit) for bound in pair[:2])
        if low is None or high is None:
            low, high, unit = pair
        places = self.dice.choice([0, 1, 2, 2, 3])
        low, high = round(low, places), round(high, places)
        if high <= low:
            places, low, high = 2, Decimal("0.40"), Decimal("4.00")
        value, sign = self._value(low, high, places), self.dice.choice(["", "", "", "", "", "<", ">"])
        if self.cumulative:
            return self._cumulative(analyte, low, high, unit, places)
        ranged = self.dice.random() < 0.8
        side = self.dice.choice(["both", "both", "both", "high"]) if ranged else "none"
        bounds = (low if side == "both" else None, high if side in {"both", "high"} else None)
        if self.split_range:
            bounds = (low, high)
        if self.by_specimen:
            self.in_urine = self.dice.random() < 0.3
        key = analyte.key if self._is_its_own(analyte) else ""
        self.truths.append(Truth(key, sign, value, unit, *bounds, self.day if self.dated else ""))
        mark = (
            ""
            if sign
            else "H"
            if bounds[1] is not None and value > bounds[1]
            else "L"
            if bounds[0] is not None and value < bounds[0]
            else ""
        )
        flag = FLAGS[self.language]["HL".index(mark)] if mark and self.dice.random() < 0.8 else ""
        return self._row(analyte, value, sign, unit, bounds, flag)

    def _row(self, analyte, value, sign, unit, bounds, flag) -> str:
        text = self._range(bounds)
        spaced = self.dice.choice(["", " "]) if sign else ""
        cells = {
            "n": [self.name],
            "v": [f"{sign}{spaced}{self._number(value)}"],
            "u": [self._unit(unit)],
            "r": [self._number(bound) for bound in bounds] if self.split_range else [text],
            "f": [flag],
        }
        order = self.order if self.header or not self.order.startswith("v") else "nvurf"
        row = [cell for kind in order for cell in cells[kind]]
        if self.by_specimen:
            row.append(self.dice.choice(SPECIMENS[self.language][2 if self.in_urine else 1]))
        if self.dice.random() < 0.01:  # over-long: its value stands where a line would be cut
            row[0] += " " * (595 - sum(map(len, row[: row.index(cells["v"][0])])))
        return self.parting.join(row if self.header else [cell for cell in row if cell])

    def _is_its_own(self, analyte) -> bool:
        """Whether the test is measured in what the table says; where it says nothing, it is."""
        urine, blood = "urine" in analyte.specimen, "urine" not in analyte.specimen or "serum" in analyte.specimen
        if self.in_urine:
            return urine or (self.has_urine and any(word in self.name.lower() for word in BLOOD_IN_NAMES))
        return not self.by_specimen or (blood and analyte.specimen != "saliva")

    def _cumulative(self, analyte, low, high, unit, places) -> str:
        cells = []
        for day in self.days:
            if self.dice.random() < 0.2:
                cells.append("")
                continue
            value = self._value(low, high, places)
            self.truths.append(Truth(analyte.key, "", value, unit, low, high, day))
            cells.append(self._number(value))
        return self.parting.join([self.name, self._unit(unit), self._range((low, high)), *cells])

    def _range(self, bounds) -> str:
        low, high = bounds
        if low is not None:
            return self.bracket.format(f"{self._number(low)}{self.between}{self._number(high)}")
        if high is None:
            return ""
        words = {"en": "up to", "de": "bis", "fr": "<", "es": "hasta", "it": "fino a", "pl": "<"}[self.language]
        return self.bracket.format(f"{self.dice.choice(['<', '< ', words + ' '])}{self._number(high)}")

    def _name(self, analyte) -> str:
        place = catalogue.LANGUAGES.index(self.language)
        rows = (
            {row["key"]: row for row in catalogue.rows("analytes.tsv")} if not hasattr(Layout, "rows") else Layout.rows
        )
        Layout.rows = rows
        return self.dice.choice(rows[analyte.key][f"aliases_{catalogue.LANGUAGES[place]}"].split(";"))

    def _unit(self, unit: str) -> str:
        for code, words in PRINTED.items():
            if unit.startswith(code):
                unit = self.dice.choice(words) + unit.removeprefix(code)
        unit = unit.replace("[IU]", self.dice.choice(["IU", "U", "UI"])).replace(
            "(24.h)", self.dice.choice(["24h", "24 h"])
        )
        unit = unit.replace("[arb'U]", "RU").replace("{ratio}", "")
        return unit.replace("L", "l") if self.dice.random() < 0.4 else unit
