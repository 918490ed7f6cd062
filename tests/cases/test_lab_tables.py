"""Pasted and uploaded laboratory tables: what is read is right, what is not certain is not read, and everything stays visible."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from cpms.terminology import catalogue
from panels.cases.importers import lab_sheet
from panels.cases.importers.lab_table import read_text
from panels.cases.importers.read_case import ImportRefused
from tests.cases.lab_layouts import Layout

LAYOUTS = 1_000


def test_a_thousand_layouts_are_read_without_one_wrong_value():
    true = known = read = named = 0
    for seed in range(LAYOUTS):
        layout = Layout(seed)
        true += len(layout.truths)
        known += sum(bool(truth.key) for truth in layout.truths)
        exact = Counter((t.key, t.sign, t.value, t.low, t.high, t.taken) for t in layout.truths)
        unnamed = Counter(key[1:] for key in exact.elements())
        for line in read_text(layout.text, catalogue.named):
            if not line.reading:
                continue
            reading = line.reading
            said = (reading.comparator, reading.value, reading.low, reading.high, reading.taken)
            if line.analyte:
                assert exact[line.analyte.key, *said], (seed, line.raw, said)
                exact[line.analyte.key, *said] -= 1
                named += 1
            else:
                assert unnamed[said], (seed, line.raw, said)
            read += 1
    assert read / true > 0.9
    assert named / known > 0.9


@given(st.integers(0, 10**9))
def test_a_layout_of_any_seed_is_read_without_a_wrong_unit(seed):
    layout = Layout(seed)
    units = {}
    for truth in layout.truths:
        units.setdefault((truth.key, truth.value), set()).add(truth.unit)
    for line in read_text(layout.text, catalogue.named):
        if line.certain:
            assert catalogue.read_unit(line.analyte, line.reading.unit) in units[line.analyte.key, line.reading.value]


def lines_of(text, **options):
    return {
        line.raw: (line.analyte.key if line.analyte else line.name, line.reading, line.doubt or line.why)
        for line in read_text(text, catalogue.named, **options)
    }


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Calcium 7,6 (8,6-10,2) L", ("calcium", "", "7.6", "", "8.6", "10.2")),
        ("Phosphat 2.31 mmol/l (1.05-1.85) H", ("phosphate", "", "2.31", "mmol/l", "1.05", "1.85")),
        ("TSH < 0,01 mU/l", ("tsh", "<", "0.01", "mU/l", None, None)),
        ("17-OHP: 186 nmol/l (< 9)", ("ohp17", "", "186", "nmol/l", None, "9")),
        ("Kalium (Serum) 5,4 mmol/L + 3,4 - 4,7", ("potassium", "", "5.4", "mmol/L", "3.4", "4.7")),
        ("ALP 100 U/l > 30", ("alp", "", "100", "U/l", "30", None)),
        ("Vitamin X 58 nmol/l", ("Vitamin X", "", "58", "nmol/l", None, None)),
    ],
)
def test_lines_of_reports_are_read(line, said):
    name, reading, _ = lines_of(line)[line]
    low, high = (None if bound is None else f"{bound}" for bound in (reading.low, reading.high))
    assert (name, reading.comparator, f"{reading.value}", reading.unit, low, high) == said


@pytest.mark.parametrize(
    "line",
    [
        "Natrium 1.234 mmol/l",
        "Natrium 1 234 mmol/l",
        "Natrium 1.234,5 mmol/l",
        "Vitamin B 12 300 pg/mL",
        "Ca 125 35 U/mL",
        "HbA1c 6,5 % (48 mmol/mol)",
        "PTH 38,4 pmol/L 1,6 6,9",
        "Calcium 2,1 2,3 mmol/l",
        "TSH mU/L 0,6-4,8",
        "Seite 1 von 2",
        "Probe leicht hämolytisch",
        "Geburtsdatum: 12.03.2010",
        "TSH 2,5 mU/l (4,8-0,6)",
    ],
)
def test_what_can_be_read_in_two_ways_is_left_out_and_shown(line):
    (_, reading, why) = lines_of(line)[line]
    assert reading is None
    assert why


def test_a_row_with_a_gap_below_a_header_that_names_the_range_first_is_left_out_where_both_have_a_sign():
    header = "Test    Unit    Range    Result    Flag"
    (gap,) = read_text(f"{header}\nARR        < 2500    < 3788", catalogue.named)
    assert (gap.reading, gap.why) == (None, "not certain how to read it")


def test_three_digits_behind_a_mark_count_once_the_document_shows_its_decimal_mark():
    (_, alone, _) = lines_of("Natrium 1,234 mmol/l")["Natrium 1,234 mmol/l"]
    (_, beside, _) = lines_of("TSH 2,5 mU/l\nfT4 1,234 ng/dl")["fT4 1,234 ng/dl"]
    (_, against, _) = lines_of("TSH 2,5 mU/l\nfT4 1.234 ng/dl")["fT4 1.234 ng/dl"]
    assert (alone, beside.value, against) == (None, Decimal("1.234"), None)


def test_doubts_are_asked_and_nothing_is_taken_as_certain():
    text = "Calcium 7,6 (8,6-10,2) L\nACTH 50 pg/L\nTSH 2,5 mmol/l\nTSH 2,5 mU/l (0,4-4,0) H\nGsalpha act. 54 %"
    asked = [(line.doubt, line.ask, line.certain) for line in read_text(text, catalogue.named)]
    assert asked == [
        ("No unit is given.", "mg/dL", False),
        ("In pg/L this is outside what is possible.", "pg/mL", False),
        ("Thyrotropin (TSH) is not measured in mmol/l.", "", False),
        ("The laboratory marks it high; by the range as read it is not.", "", False),
        ("Which test is this?", "", False),
    ]


def test_days_come_from_a_line_a_column_or_the_form():
    text = "Entnahme: 12.03.2024 08:15\nTSH 2,5 mU/l\nTSH 2,6 mU/l 05.06.2024"
    assert [line.reading.taken for line in read_text(text, catalogue.named) if line.reading] == [
        "2024-03-12",
        "2024-06-05",
    ]
    assert [line.reading.taken for line in read_text("TSH 2,5 mU/l", catalogue.named, day="2025-01-02")] == [
        "2025-01-02"
    ]
    across = "Test\tUnit\tRange\t12/03/2024\t05/06/2024\nPTH\tpmol/L\t1.6-6.9\t\t7.1 H"
    (found,) = (line.reading for line in read_text(across, catalogue.named) if line.reading)
    assert (found.value, found.taken, found.printed_flag) == (Decimal("7.1"), "2024-06-05", "high")
    wrong = read_text("TSH 2,5 mU/l 05.13.2024", catalogue.named)
    assert [line.reading for line in wrong] == [None]


def sheet(*rows):
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_read_as_its_numbers_were_stored():
    data = sheet(
        ("Test", "Result", "Unit", "Low", "High", "Date"),
        ("TSH", 5.1, "mU/L", 0.4, 4, dt.date(2024, 3, 12)),
        ("Gesund", None, True, None, None, None),
        ("PTH", "38,4", "pmol/L", None, None, None),
    )
    tsh, _, pth = read_text(lab_sheet.as_text(data, name="x.xlsx"), catalogue.named)
    assert (tsh.reading.value, tsh.reading.low, tsh.reading.high, tsh.reading.taken) == (
        Decimal("5.1"),
        Decimal("0.4"),
        Decimal(4),
        "2024-03-12",
    )
    assert pth.reading.value == Decimal("38.4")


@pytest.mark.parametrize(
    "data",
    [
        b"Name,Value,Unit,Low,High\nCalcium,1.9,mmol/L,2.1,2.6\n",
        "\ufeffUntersuchung;Wert;Einheit;Untere;Obere\nCalcium;1,9;mmol/l;2,1;2,6\n".encode(),
        "Größe;Wert\n".encode("cp1252") + b"Untersuchung;Wert;Einheit;Untere;Obere\nCalcium;1,9;mmol/l;2,1;2,6\n",
        b"Test\tResult\tUnit\tLow\tHigh\nCalcium\t1.9\tmmol/L\t2.1\t2.6",
    ],
)
def test_separated_files_are_read(data):
    found = [line.reading for line in read_text(lab_sheet.as_text(data, name="x.csv"), catalogue.named) if line.reading]
    assert [(r.value, r.low, r.high) for r in found] == [(Decimal("1.9"), Decimal("2.1"), Decimal("2.6"))]


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 41_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"a" * 5_000_001, "larger than 5 MB"),
        (b"PK\x03\x04 nothing of the kind", "could not be read"),
        (b"\x00\x01\x02;", "could not be read"),
        (b"no mark at all", "could not be read"),
        (b'"' + b"a;" * 140_000, "could not be read"),
    ],
)
def test_other_files_are_refused_with_a_sentence(data, why):
    with pytest.raises(ImportRefused, match=why):
        lab_sheet.as_text(data, name="x")


def test_a_swelling_workbook_is_refused_before_it_is_unpacked():
    with pytest.raises(ImportRefused, match="unpacks"):
        lab_sheet.as_text(bomb(), name="x.xlsx")


SECTIONS = [
    "Urin",
    "Urine:",
    "24h-Urin",
    "Liquor",
    "Material: Urin",
    "Urines de 24 h",
    "Orina",
    "Urine",
    "Mocz",
    "LCR",
    "Harnstatus",
]


@pytest.mark.parametrize("heading", SECTIONS)
def test_what_stands_below_a_heading_of_another_specimen_is_asked(heading):
    text = f"TSH 2,5 mU/l\n{heading}\nCalcium 3,1 mmol/l\nSerum\nTSH 2,6 mU/l"
    first, _, asked, _, last = read_text(text, catalogue.named)
    assert (first.certain, asked.certain, last.certain) == (True, False, True)
    assert asked.doubt.startswith("Which specimen?")
    assert asked.reading.value == Decimal("3.1")


@pytest.mark.parametrize("header", ["Specimen", "Material", "Échantillon", "Muestra", "Campione", "Materiał"])
@pytest.mark.parametrize("cell", ["Urine", "Urin", "Urines", "Orina", "Mocz", "U", "Liquor", "Punktat", "what is this"])
def test_a_specimen_beside_the_result_is_heard(header, cell):
    text = f"Test\t{header}\tResult\tUnit\nCalcium\t{cell}\t3.1\tmmol/L\nTSH\tSerum\t2.5\tmU/L"
    asked, certain = read_text(text, catalogue.named)
    assert (asked.certain, asked.analyte, certain.certain) == (False, None, True)
    assert asked.doubt.startswith("Which specimen?")


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("Calcium\tUrine\t0.4\tmmol/mmol", "calcium_creatinine_urine"),
        ("Metanephrine\t24 h urine\t0.9\tµmol/24h", "metanephrine_urine"),
        ("Cortisol\tSaliva\t3.1\tnmol/L", "cortisol_saliva"),
        ("Cortisol\tUrine\t120\tnmol/24h", None),
        ("Urinary metanephrine\tUrine\t0.9\tµmol/24h", "metanephrine_urine"),
        ("Urinary metanephrine\tSerum\t0.9\tµmol/24h", None),
    ],
)
def test_the_test_of_that_specimen_is_taken_where_there_is_one(line, key):
    (found,) = read_text(f"Test\tSpecimen\tResult\tUnit\n{line}", catalogue.named)
    assert (found.analyte.key if found.analyte else None, found.certain) == (key, key is not None)


def test_a_name_that_says_serum_is_believed_below_a_heading():
    _, line = read_text("Urin\nKalium (Serum) 5,4 mmol/L", catalogue.named)
    assert line.certain


def test_a_name_matched_in_a_specimen_is_known_in_that_specimen_only():
    def known(name):
        return {"Calcium (urine)": catalogue.analytes()["calcium"]}.get(name) or catalogue.named(name)

    _, line = read_text("Urin\nCalcium 2,4 mmol/L", known)
    assert not line.certain


def test_a_line_is_never_cut_within_a_number():
    line = "TSH" + " " * 595 + "12,5 mU/l"
    (found,) = read_text(line, catalogue.named)
    assert (found.reading, found.why) == (None, "longer than 600 characters, so it was not read")


def test_lines_beyond_the_most_are_counted():
    *read, beyond = read_text("TSH 2,5 mU/l\n" * 417, catalogue.named)
    assert len(read) == 400
    assert (beyond.raw, beyond.reading) == ("17 more lines", None)
    rows = "Test;Wert;Einheit\n" + "TSH;2,5;mU/l\n" * 450
    text = lab_sheet.as_text(rows.encode(), name="x.csv")
    assert read_text(text, catalogue.named)[-1].raw == "51 more lines"
    with pytest.raises(ImportRefused, match="more than 5,000 rows"):
        lab_sheet.as_text(b"a;b\n" * 5_001, name="x.csv")


@given(st.text(max_size=400))
def test_any_text_is_read_or_left_out_without_an_error(text):
    for line in read_text(text, catalogue.named):
        assert line.reading or line.why
