"""Units as laboratories write them, and what a value in one is in another."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpms.terminology import catalogue, units

with Path(__file__).with_name("conversions.tsv").open(encoding="utf-8", newline="") as lines:
    VECTORS = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
PAIRS = [
    (key, one, other)
    for key, analyte in catalogue.analytes().items()
    for one in analyte.units
    for other in analyte.units
    if one != other
]


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: f"{row['analyte']} {row['unit_from']} {row['unit_to']}")
def test_published_conversions_are_met(row):
    analyte = catalogue.analytes()[row["analyte"]]
    found = catalogue.in_unit(analyte, Decimal(row["value_from"]), row["unit_from"], row["unit_to"])
    assert float(found) == pytest.approx(float(row["value_to"]), rel=1e-4)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("µmol/l", "umol/L"),
        ("μmol/L", "umol/L"),
        ("mcg/dL", "ug/dL"),
        ("ng/100 ml", "ng/dL"),
        ("mUI/ml", "m[IU]/mL"),
        ("µIE/ml", "u[IU]/mL"),
        ("mval/l", "meq/L"),
        ("nmol/24 h", "nmol/(24.h)"),
        ("MMOL/L", "mmol/L"),
        ("pg/L", "pg/L"),
        ("MU/L", ""),
        ("Mmol/L", ""),
        ("G/L", ""),
        ("mg/g Krea", ""),
        ("furlongs", ""),
        ("", ""),
    ],
)
def test_a_written_unit_is_read_or_left_alone(written, read):
    assert units.read_unit(written) == read


def test_a_bare_u_is_the_kind_of_unit_the_analyte_is_measured_in():
    tsh, alp = catalogue.named("TSH"), catalogue.named("alkalische Phosphatase")
    assert catalogue.read_unit(tsh, "mU/L") == "m[IU]/L"
    assert catalogue.read_unit(alp, "UI/L") == "U/L"
    assert catalogue.read_unit(None, "mU/l") == "mU/L"


@given(st.sampled_from(PAIRS), st.decimals("0.001", "99999", places=3))
def test_there_and_back_is_the_same_value(pair, value):
    key, one, other = pair
    analyte = catalogue.analytes()[key]
    there = catalogue.in_unit(analyte, value, one, other)
    if there is None:
        assert catalogue.in_unit(analyte, value, other, one) is None
    else:
        back = catalogue.in_unit(analyte, there, other, one)
        assert float(back) == pytest.approx(float(value), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "start", "goal"),
    [
        ("TSH", "m[IU]/L", "ng/mL"),
        ("TSH", "m[IU]/L", "mmol/L"),
        ("Natrium", "mosm/kg", "mmol/L"),
        ("PRA", "ng/mL/h", "ng/mL"),
        ("Ostase", "ug/L", "U/L"),
        ("FGF23", "ng/L", "[arb'U]/mL"),
        ("HbA1c", "%", "ng/mL"),
    ],
)
def test_what_does_not_convert_is_not_converted(name, start, goal):
    assert catalogue.in_unit(catalogue.named(name), Decimal(5), start, goal) is None


def test_names_with_two_meanings_mean_nothing_and_a_plus_sign_counts():
    keys = {name: getattr(catalogue.named(name), "key", None) for name in ("Ca", "Ca++", "S", "T", "natrémie", "wapń")}
    assert keys == {
        "Ca": "calcium",
        "Ca++": "calcium_ionised",
        "S": None,
        "T": None,
        "natrémie": "sodium",
        "wapń": "calcium",
    }


def test_an_implausible_unit_is_questioned_with_the_likelier_one_of_its_kind():
    acth, calcium = catalogue.named("ACTH"), catalogue.named("Calcium")
    assert catalogue.is_plausible(acth, Decimal(50), "pg/L") is False
    assert catalogue.likelier_unit(acth, Decimal(50), "pg/L") == "pg/mL"
    assert catalogue.likelier_unit(calcium, Decimal(286), "mmol/L") == ""
    assert catalogue.likelier_unit(calcium, Decimal("10.5"), "mmol/L") == "mg/dL"
    assert catalogue.is_plausible(acth, Decimal(50), "mmol/g") is None


def test_every_range_has_a_source_and_lies_within_what_is_plausible():
    for analyte in catalogue.analytes().values():
        for interval in analyte.intervals:
            assert interval.quality in {"A", "B"}
            assert interval.address.startswith("http")
            for bound in filter(None, (interval.low, interval.high)):
                assert catalogue.is_plausible(analyte, bound, interval.unit), (analyte.key, interval)


@given(
    st.sampled_from(list(catalogue.analytes())),
    st.sampled_from(["female", "male", "unknown"]),
    st.integers(0, 40_000),
    st.integers(0, 400),
)
def test_a_default_holds_at_every_age_that_is_possible(key, sex, youngest, spread):
    analyte = catalogue.analytes()[key]
    found = catalogue.intervals_for(analyte, sex, (youngest, youngest + spread))
    usual = [one for one in found if not one.condition]
    assert len(usual) <= 1
    for interval in found:
        assert interval.age_from <= youngest
        assert youngest + spread < interval.age_to
        assert interval.sex in {"any", sex}


def test_the_code_follows_the_unit():
    cortisol = catalogue.named("Cortisol")
    assert [cortisol.code_for(unit) for unit in ("nmol/L", "ug/dL")] == ["14675-3", "2143-6"]
    assert catalogue.coded("2143-6") is catalogue.coded("14675-3") is cortisol


@pytest.mark.parametrize("name", ["BUN", "urea nitrogen", "Harnstoff-N", "azote uréique", "nitrógeno ureico"])
def test_urea_nitrogen_is_not_urea(name):
    found = catalogue.named(name)
    assert found.key == "urea_nitrogen"
    assert found.code_for("mg/dL") == "3094-0"
    assert float(catalogue.in_unit(found, Decimal(40), "mg/dL", "mmol/L")) == pytest.approx(14.28, abs=0.01)


def test_a_name_that_means_urea_here_and_its_nitrogen_there_is_asked():
    assert catalogue.named("azotemia") is None
    assert catalogue.coded("3094-0").key == "urea_nitrogen"
    assert catalogue.named("Harnstoff").key == catalogue.named("mocznik").key == "urea"
