"""A result beside a range, a conversion and a question."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpms.terminology import catalogue
from panels.cases import ages
from panels.cases.ages import Birth, Moment, moment_of
from panels.cases.doses import dose_words
from panels.cases.models import LabResult, plain
from panels.cases.queries import Results, flag_of, result_of, spoken
from panels.cases.queries.results import in_time
from panels.cases.states import RangeSource

CHILD = Birth(2015, 6)
ENTRY = moment_of("2025-06-15")


def result(label, value, unit, *, sex="female", birth=CHILD, **more):
    bounded = more.get("low") is not None or more.get("high") is not None
    lab = LabResult(
        label=label,
        value=None if value is None else Decimal(str(value)),
        unit=unit,
        range_source=RangeSource.LABORATORY if bounded else RangeSource.NONE,
        **more,
    )
    return result_of(lab, sex, birth, ENTRY)


def test_the_laboratorys_own_range_wins_over_the_default():
    own = result("Phosphate", 2.31, "mmol/L", low=Decimal(1), high=Decimal("1.5"))
    assert (own.whose, own.range_text, own.flag) == (RangeSource.LABORATORY, "1–1.5", "high")
    default = result("Phosphate", 2.31, "mmol/L")
    assert (default.whose, default.flag) == (RangeSource.DEFAULT, "high")
    assert default.interval.address.startswith("https://")


def test_a_default_is_shown_in_the_unit_of_the_value():
    molar, mass = result("Creatinine", 41, "µmol/l"), result("Creatinine", 0.46, "mg/dL")
    assert (molar.interval, molar.flag) == (mass.interval, mass.flag)
    assert molar.range_text != mass.range_text
    assert (molar.converted, mass.converted) == ("0.46 mg/dL", "41 µmol/L")


@given(st.sampled_from(["Phosphate", "Creatinine", "ACTH", "Calcium"]), st.integers(1, 99_999), st.integers(0, 3))
def test_a_converted_value_has_the_digits_of_its_original_and_two_at_least(label, number, decimals):
    analyte = catalogue.named(label)
    value = Decimal(number).scaleb(-decimals)
    found = result(label, value, analyte.unit)
    if found.converted:
        shown, _unit = found.converted.split(" ", 1)
        wanted = max(2, len(plain(value).replace(".", "").lstrip("0")))
        exact = catalogue.in_unit(analyte, value, analyte.unit, analyte.units[1])
        assert abs(Decimal(shown) - exact) <= Decimal(5).scaleb(exact.adjusted() - wanted)
        assert len(shown.replace(".", "").strip("0")) <= wanted
    assert found.lab.value_text == plain(value)


def test_a_trailing_zero_that_was_measured_is_said():
    assert result("Phosphate", "0.78", "mmol/L").converted == "2.4 mg/dL"
    assert result("HbA1c", 53, "mmol/mol").converted == "7.0 %"


def test_results_of_one_analyte_stand_together_earliest_first():
    taken = ["4 years 6 months", "3 years", "", "2019-09-01"]
    rows = [result("Phosphate", 1, "mmol/L", taken=text) for text in taken]
    rows.insert(1, result("Sodium", 131, "mmol/L", taken="14 days"))
    shown = [(row.label, row.lab.taken) for row in in_time(rows, CHILD)]
    times = ["3 years", "2019-09-01", "4 years 6 months", ""]
    assert shown == [*(("Phosphate", text) for text in times), ("Sodium", "14 days")]


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("75 ug Once Daily", "75 µg once daily"),
        ("4 mg Three Times Daily; route: oral", "4 mg three times daily; route: oral"),
        ("0.5 ug/kg Every Other Day", "0.5 µg/kg every other day"),
        ("14 [iU] Once Daily", "14 IU once daily"),
        ("Daily walks, ug", "Daily walks, ug"),
        ("Hydrocortisone Once more", "Hydrocortisone Once more"),
    ],
)
def test_a_dose_is_said_as_people_write_it(note, said):
    assert dose_words(note) == said


def test_an_unknown_test_has_no_range_no_conversion_and_no_question():
    found = result("Gsalpha act.", 54, "%")
    assert (found.range_text, found.flag, found.converted, found.question) == ("", "", "", "")


def test_ranges_that_depend_on_the_time_of_day_are_shown_and_not_flagged_against():
    found = result("ACTH", 800, "pg/mL", birth=Birth(1980))
    assert found.flag == ""
    assert any("morning" in condition for condition, _ in found.by_condition)


def test_a_unit_that_cannot_be_right_is_questioned_and_nothing_is_changed():
    found = result("ACTH", 50, "pg/L", low=Decimal(10), high=Decimal(60))
    assert (
        found.question
        == "50 pg/L is outside what is possible (454 to 9080000 pg/L, that is 0.1 to 2000 pmol/L). Is the unit pg/mL?"
    )
    assert (found.lab.value, found.lab.unit, found.flag, found.converted) == (50, "pg/L", "inside", "")
    wrong = result("Calcium", 286, "mmol/L")
    assert wrong.flag == ""
    assert wrong.question.endswith("Is it right?")
    assert Results([wrong]).outside == [wrong]


@pytest.mark.parametrize(
    ("label", "value", "unit", "question"),
    [
        ("TSH", 5, "mmol/L", "Thyrotropin (TSH) is not measured in mmol/L. Is the unit mIU/L?"),
        ("TSH", 5, "MU/L", "The unit “MU/L” cannot be read with certainty. Is the unit mIU/L?"),
        ("Calcium", "2.4", "furlongs", "The unit “furlongs” cannot be read with certainty. Is the unit mmol/L?"),
        ("Calcium", 2400, "", "No unit is given. Is it right?"),
        ("Gsalpha act.", 54, "furlongs", ""),
        ("Gsalpha act.", 54, "", ""),
        ("ARR", 20, "", ""),
        ("TSH", None, "mmol/L", ""),
    ],
)
def test_a_unit_of_another_kind_or_none_is_questioned_and_stays(label, value, unit, question):
    found = result(label, value, unit)
    assert (found.question, found.lab.unit, found.converted, found.range_text) == (question, unit, "", "")
    assert Results([found]).outside == ([found] if question else [])


def test_every_analyte_in_each_of_its_units_is_asked_nothing_about_a_possible_value():
    for analyte in catalogue.analytes().values():
        for unit in analyte.units:
            middle = catalogue.in_unit(analyte, (analyte.lowest + analyte.highest) / 2, analyte.unit, unit)
            found = result(analyte.name, middle, spoken(unit))
            assert (found.analyte, found.question) == (analyte, ""), (analyte.key, unit)


def test_a_value_taken_when_the_band_is_uncertain_gets_no_default():
    birth = Birth(2015)
    assert result("ALP", 900, "U/L", birth=birth, taken="5 years").whose in set(RangeSource)
    edge = result("ALP", 900, "U/L", birth=birth, taken="to be asked")
    assert (edge.whose, edge.flag) == (RangeSource.NONE, "")
    unborn = result("ALP", 900, "U/L", birth=birth, taken="2010-01-01")
    assert unborn.whose == RangeSource.NONE


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("at birth", Moment(0, 0, True)),
        ("12 days", Moment(12, 12, True)),
        ("1 year 2 months", Moment(426, 456, True)),
        ("5 years", Moment(1826, 2191, True)),
        ("5 years to 6 years", Moment(1826, 2556, True)),
        ("March 2024", Moment(738946, 738976, False)),
        ("2026-10-06", Moment(739895, 739895, False)),
        ("06.10.2026", Moment(739895, 739895, False)),
        ("31.02.2026", None),
        ("Smarch 2024", None),
        ("Neonatal onset", None),
        ("", None),
        ("6 years to 5 years", None),
        ("5 years to March 2024", None),
        ("200 years", None),
    ],
)
def test_moments_are_read_from_our_own_words(words, moment):
    assert moment_of(words) == moment


@given(st.integers(1950, 2020), st.integers(1, 12), st.integers(0, 20_000))
def test_the_true_age_lies_in_the_span(year, month, days):
    import datetime as dt

    born = dt.date(year, month, 1 + days % 28)
    then = born + dt.timedelta(days=days)
    for birth in (Birth(year), Birth(year, month)):
        youngest, oldest = ages.ages(moment_of(then.isoformat()), birth)
        assert youngest <= days <= oldest


def test_two_dated_values_make_a_trend_in_one_unit():
    rows = [
        result("TSH", 8.9, "mU/L", taken="2025-03-01"),
        result("TSH", 4.1, "mIU/L", taken="2025-09-01", low=Decimal("0.6"), high=Decimal("4.8")),
        result("TSH", 12, "µIU/mL", taken="2024-09-01"),
        result("TSH", 3, "mU/L"),
        result("Gsalpha act.", 54, "%", taken="2025-09-01"),
    ]
    (trend,) = Results(rows).trends
    assert [text for _, text in trend.shown] == ["12", "8.9", "4.1"]
    assert (trend.spoken_unit, trend.range_text) == ("mIU/L", "0.6–4.8")
    assert len(trend.chart.dots) == 3
    assert trend.chart.line.startswith("6,")
    assert Results(rows[3:]).trends == []


def test_default_ranges_in_use_are_named_once():
    rows = [result("Phosphate", 2.31, "mmol/L"), result("Phosphate", 1.2, "mmol/L"), result("Unknown", 1, "")]
    assert len(Results(rows).intervals) == 1


def test_urea_nitrogen_is_counted_as_urea_before_it_is_compared():
    found = result("BUN", 40, "mg/dL", birth=Birth(1980))
    assert (found.analyte.key, found.converted, found.flag) == ("urea_nitrogen", "14 mmol/L", "high")


@pytest.mark.parametrize(
    ("sign", "value", "low", "high", "flag"),
    [
        ("<", "0.4", "0.4", "4", "low"),
        ("<", "0.3", "0.4", "4", "low"),
        ("<=", "0.4", "0.4", "4", "untold"),
        ("<", "0.5", "0.4", "4", "untold"),
        ("<", "0.5", None, "10", "inside"),
        ("<", "10", "0", "10", "inside"),
        ("<", "12", None, "10", "untold"),
        (">", "10", "2", "10", "high"),
        (">=", "10", "2", "10", "untold"),
        (">", "11", None, "10", "high"),
        (">", "5", "2", "10", "untold"),
        (">", "5", "2", None, "inside"),
        (">", "1", "2", None, "untold"),
        ("", "10", "2", "10", "inside"),
        ("", "2", "2", None, "inside"),
        ("", "1.9", "2", None, "low"),
        ("<", "5", None, None, ""),
    ],
)
def test_a_value_that_was_not_measured_further_is_flagged_where_that_decides_it(sign, value, low, high, flag):
    bounds = {name: Decimal(bound) for name, bound in (("low", low), ("high", high)) if bound}
    assert result("Gsalpha act.", value, "%", comparator=sign, **bounds).flag == flag


@given(
    st.sampled_from(["", "<", "<=", ">", ">="]),
    st.integers(0, 12),
    st.none() | st.integers(0, 6),
    st.none() | st.integers(6, 12),
)
def test_a_flag_is_what_every_possible_value_says(sign, value, low, high):
    """By trying them all, in halves."""
    possible = {
        "": lambda x: x == value,
        "<": lambda x: x < value,
        "<=": lambda x: x <= value,
        ">": lambda x: x > value,
        ">=": lambda x: x >= value,
    }[sign]
    tried = [x / 2 for x in range(80) if possible(x / 2)]
    said = {
        "low" if low is not None and x < low else "high" if high is not None and x > high else "inside" for x in tried
    }
    found = flag_of(Decimal(value), sign, *(None if one is None else Decimal(one) for one in (low, high)))
    if tried and (low, high) != (None, None):
        assert found == (said.pop() if len(said) == 1 else "untold")


def test_what_holds_under_a_condition_stands_beside_the_usual_range_and_is_not_flagged_against():
    found = result("Testosterone", "0.5", "nmol/L", birth=Birth(2012), sex="male")
    assert found.whose == RangeSource.DEFAULT
    assert found.range_text
    assert [condition for condition, _ in found.by_condition if condition.startswith("Tanner")]
    assert {one.condition for one in found.conditional} & {one.condition for one in [found.interval]} == set()
    sources = Results([found]).intervals
    assert {(one.source, one.address) for one in sources} == {
        (one.source, one.address) for one in (found.interval, *found.conditional)
    }
