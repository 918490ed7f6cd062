import datetime as dt
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from django.template import Context, Template

from cpms import clock
from cpms.gallery import PEOPLE


def drawn(source, **context):
    return " ".join(Template(source).render(Context(context)).split())


@dataclass
class No:
    reason: str

    def __bool__(self):
        return False


def test_a_refused_action_is_a_disabled_button_with_its_reason():
    html = drawn('{% action_button verdict "Close" "/close/" %}', verdict=No("One member has not signed."))
    assert " disabled> Close</button>" in html
    assert "One member has not signed." in html


def test_an_allowed_action_posts_with_token_and_key():
    html = drawn(
        '{% action_button True "Close" "/close/" key=idempotency about="ENDO-26-0001" %}',
        csrf_token="token-of-the-page",
        idempotency="<key>",
    )
    assert '<form method="post" action="/close/">' in html
    assert 'name="csrfmiddlewaretoken" value="token-of-the-page"' in html
    assert "disabled" not in html
    assert ": ENDO-26-0001" in html


@pytest.mark.parametrize(
    ("days", "tone", "icon"),
    [(-1, "over", "exclamation-circle-fill"), (2, "soon", "clock-fill"), (3, "later", "clock")],
)
def test_a_due_date_has_word_icon_and_colour(days, tone, icon):
    html = drawn("{% due day %}", day=clock.today() + dt.timedelta(days=days))
    assert f"due-{tone}" in html
    assert f"icons.svg#{icon}" in html


def test_no_due_date_draws_nothing():
    assert drawn("{% due day %}{% since day %}", day=None) == ""


def test_a_person_carries_role_hospital_and_country_and_a_guest_the_date():
    html = drawn("{% person user guest_until=day %}", user=PEOPLE[0], day=dt.date(2019, 11, 30))
    assert "Paediatric endocrinologist" in html
    assert "Lindenhof Hospital, Graz, Austria" in html
    assert "Guest until Sat 30 Nov 2019" in html


def test_markup_in_a_value_is_shown_and_not_run():
    evil = "<script>alert(1)</script>"
    html = drawn("{% question text %}{% tag text %}{% facts pairs %}", text=evil, pairs={"Who": evil})
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") == 3


def test_steps_say_what_is_done_and_what_is_now():
    html = drawn('{% steps "Draft Open Outcome Closed" "Open" "State" %}')
    assert html.count('class="done"') == 1
    assert html.count('aria-current="step"') == 1
    assert drawn('{% steps "Draft Open" "Withdrawn" "State" %}').count("aria-current") == 0


def test_facts_leave_out_what_is_not_known():
    html = drawn("{% facts pairs %}", pairs=[("Patient", "girl"), ("Growth", ""), ("Age", None)])
    assert html == '<dl class="facts"><dt>Patient</dt><dd>girl</dd></dl>'


def test_lists_are_parted_by_an_attribute_or_its_values():
    labs = [
        SimpleNamespace(name="a", flag="low"),
        SimpleNamespace(name="b", flag=""),
        SimpleNamespace(name="c", flag="high"),
    ]
    text = '{% for lab in labs|having:"flag=low,high" %}{{ lab.name }}{% endfor %}|{% for lab in labs|lacking:"flag" %}{{ lab.name }}{% endfor %}'
    assert drawn(text, labs=labs) == "ac|b"


@pytest.mark.parametrize(
    ("flag", "word"), [("low", "Low"), ("high", "High"), ("inside", "In range"), ("", "No range"), (None, "No range")]
)
def test_a_flag_is_a_word(flag, word):
    assert word in drawn("{% flag value %}", value=flag)


def test_a_fingerprint_is_read_in_fours():
    assert drawn("{{ f|in_fours }}", f="abcdefgh12") == "abcd efgh 12"


def test_an_address_breaks_behind_its_dots_only():
    shown = drawn("{{ f|breakable }}", f="a.<b>@x.test")
    assert shown == '<span class="email">a.<wbr>&lt;b&gt;@<wbr>x.<wbr>test</span>'


def test_blocks_and_small_parts():
    html = drawn(
        '{% sheet title="Log" note="new" name="log" %}a{% endsheet %}{% sheet pad=False %}b{% endsheet %}'
        '{% notice "warn" role="alert" %}c{% endnotice %}{% empty_state title="None" %}d{% endempty_state %}'
        '{% saved now %}{% progress 3 8 "Pages" %}{% icon "x-lg" label="Close" %}{% icon "x-lg" tone="bad" %}',
        now=clock.now(),
    )
    for part in (
        'id="log"',
        "notice-warn",
        'role="alert"',
        "sheet empty",
        "is-saved",
        'max="8"',
        'aria-label="Close"',
        "bad-ink",
    ):
        assert part in html
