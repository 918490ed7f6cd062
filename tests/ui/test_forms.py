import datetime as dt
import re
from decimal import Decimal

import pytest
from django import forms
from django.utils import timezone

from cpms import clock
from cpms.forms import FIRST_DAY, LAST_DAY, ClinicalDecimalField, DayField, ExactSelect, MomentField


class Measured(forms.Form):
    value = ClinicalDecimalField(label="Sodium", help_text="in mmol/L", min_value=80, max_value=200)
    sex = forms.ChoiceField(label="Sex", choices=[("f", "female"), ("m", "male")], widget=forms.RadioSelect)
    day = DayField(label="Day", required=False, not_before_today=True)
    starts_at = MomentField(label="Start", required=False)
    sure = forms.BooleanField(label="Sure", required=False)
    groups = forms.MultipleChoiceField(
        label="Groups", choices=[("1", "one")], required=False, widget=forms.CheckboxSelectMultiple
    )


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2,86", "2.86"),
        ("2.86", "2.86"),
        (" 129 ", "129"),
        ("1.234", "1.234"),
        ("\N{MINUS SIGN}1,9", "-1.9"),
        ("+3", "3"),
    ],
)
def test_one_decimal_mark_is_read_as_it_stands(text, number):
    assert ClinicalDecimalField().clean(text) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.234,5", "separators"),
        ("1,234.5", "separators"),
        ("1,234,567", "separators"),
        ("1 234", "separators"),
        ("1'234", "separators"),
        ("<5", "operator"),
        ("≥ 5", "operator"),
        (".5", "nought"),
        (",5", "nought"),
        ("five", "invalid"),
        ("1e3", "invalid"),
        ("NaN", "invalid"),
        ("١٢", "invalid"),
    ],
)
def test_what_could_be_misread_is_asked_back(text, code):
    with pytest.raises(forms.ValidationError) as caught:
        ClinicalDecimalField().clean(text)
    assert caught.value.code == code


def test_no_value_stays_no_value():
    assert ClinicalDecimalField(required=False).clean("") is None
    assert ClinicalDecimalField().clean(Decimal("2.86")) == Decimal("2.86")


def test_an_error_stands_beside_its_field_and_the_text_is_shown_again():
    html = " ".join(str(Measured({"value": "1.234,5", "sex": "f"})).split())
    assert 'value="1.234,5"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_value_helptext id_value_error"' in html
    assert 'id="id_value_error"' in html
    assert '<a href="#id_value">Sodium</a>: Use one decimal mark' in html


def control(html, name):
    return next(tag for tag in re.findall(r"<input[^>]*>", html) if f'name="{name}"' in tag)


def test_every_control_has_its_class_without_work_in_the_form():
    html = str(Measured())
    assert 'class="form-control"' in control(html, "value")
    assert 'inputmode="decimal"' in control(html, "value")
    assert 'class="btn-check" type="radio"' in control(html, "sex")
    assert 'type="date"' in control(html, "day")
    assert 'type="datetime-local"' in control(html, "starts_at")
    assert 'class="form-check-input"' in control(html, "sure")
    assert 'class="form-check-input"' in control(html, "groups")
    assert html.count("(optional)") == 3


def test_a_class_of_its_own_stays_beside_ours():
    class Theirs(forms.Form):
        code = forms.CharField(widget=forms.TextInput({"class": "code"}))

    assert 'class="form-control code"' in str(Theirs())


def test_a_day_in_the_past_is_refused_where_it_must_lie_ahead():
    yesterday = clock.today() - dt.timedelta(days=1)
    form = Measured({"value": "129", "sex": "f", "day": yesterday.isoformat()})
    assert form.errors == {"day": ["Choose today or a later day."]}


def test_what_is_not_a_date_is_shown_again_as_text():
    field = Measured({"value": "129", "sex": "f", "day": "soon"})["day"]
    assert 'type="text"' in str(field)
    assert 'value="soon"' in str(field)


def test_a_unit_is_shown_to_the_letter():
    class Asked(forms.Form):
        unit = forms.ChoiceField(choices=[("mg/dL", "mg/dL"), ("pmol/L", "pmol/L")], widget=ExactSelect)

    shown = str(Asked()["unit"])
    assert ">mg/dL<" in shown
    assert ">pmol/L<" in shown


def test_the_last_day_of_a_right_is_not_over_by_utc():
    """West of UTC the person's own day goes on when rights have ended."""
    field, over = DayField(of_a_right=LAST_DAY), clock.rights_day() - dt.timedelta(days=1)
    with (
        timezone.override(dt.timezone(-dt.timedelta(hours=23, minutes=59, seconds=59))),
        pytest.raises(forms.ValidationError) as refused,
    ):
        field.clean(str(over))
    assert refused.value.code == "over"
    assert DayField(of_a_right=LAST_DAY).clean(str(clock.rights_day() + dt.timedelta(days=1)))


def test_what_begins_today_by_utc_may_begin_where_it_is_tomorrow_already():
    """East of UTC the form offers the day of rights, by which it begins at once; the day before is past for both."""
    field, day = DayField(of_a_right=FIRST_DAY), clock.rights_day()
    with timezone.override(dt.timezone(dt.timedelta(hours=23, minutes=59, seconds=59))):
        assert clock.today() > day
        assert field.clean(str(day)) == day
        with pytest.raises(forms.ValidationError) as refused:
            field.clean(str(day - dt.timedelta(days=1)))
    assert refused.value.code == "past"
