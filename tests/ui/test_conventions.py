"""What every template and script keeps to."""

import re
from pathlib import Path

from django.conf import settings
from django.template.loader import get_template

TEMPLATES = Path(settings.BASE_DIR) / "templates"
SCRIPTS = Path(settings.BASE_DIR) / "static" / "js"


def pages():
    return sorted(TEMPLATES.rglob("*.html"))


def test_every_template_compiles():
    for path in pages():
        get_template(str(path.relative_to(TEMPLATES)))


def test_every_icon_is_in_the_sprite():
    sprite = (Path(settings.BASE_DIR) / "static/vendor/bootstrap-icons/icons.svg").read_text()
    known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    used = {name for path in pages() for name in re.findall(r'{% icon "([^"]+)"', path.read_text())}
    assert used - known == set()


def test_every_posting_form_has_a_token():
    bare = [
        (path.name, form[:80])
        for path in pages()
        for form in re.findall(r'<form[^>]*method="post"[^>]*>.{0,40}', path.read_text(), re.DOTALL)
        if "csrf_token" not in form
    ]
    assert bare == []


def test_no_form_says_twice_what_is_wrong():
    """A form that is drawn as a whole says it by itself."""
    forms = [(path, form) for path in pages() for form in re.findall(r"<form\b.*?</form>", path.read_text(), re.DOTALL)]
    twice = [
        (str(path.relative_to(TEMPLATES)), name)
        for path, form in forms
        for name in re.findall(r"{% error_summary (\S+) %}", form)
        if f"{{{{ {name} }}}}" in form
    ]
    assert twice == []


def test_scripts_keep_nothing_in_the_browser_and_stay_small():
    for path in SCRIPTS.glob("*.js"):
        text = path.read_text()
        assert not re.search(r"localStorage|sessionStorage|indexedDB|document\.cookie|\beval\(", text), path.name
        assert len(text.splitlines()) <= 80, path.name


# Forms that may be sent twice: template and what it does there, and why a second time does no harm
TWICE = {
    "_account_menu.html": "the look is set to the same value again; signed out is signed out",
    "_app_bar.html": "searches",
    "panels/search.html": "searches",
    "accounts/experts.html": "searches",
    "accounts/condition_matrix.html": "searches",
    "manual/_find.html": "searches",
    "tickets/_find.html": "searches",
    "outcomes/verify.html": "compares",
    "account/login.html": "signs in",
    "helpdesk/_file.html": "a file that was asked for again has not failed any more",
    "account/password_reset.html": "mails a link, and how often is limited for the address",
    "account/password_reset_from_key.html": "the link is used up",
    "accounts/activate.html": "the link is used up",
    "accounts/otp_challenge.html": "a code counts once",
    "accounts/otp_enrol.html": "a code counts once",
    "accounts/phone.html": "a code counts once",
    "accounts/address.html": "mails a link, and how often is limited",
    "accounts/new_address.html": "the link is used up",
    "accounts/step_up.html": "a code counts once",
    "people/my_phone.html": "a code counts once",
    "people/status.html": "public, and how often is limited for the address",
    "accounts/security.html": "fresh recovery codes: those shown last are the ones that count",
    "helpdesk/demo.html": "signs in as somebody invented",
    "helpdesk/export.html": "takes figures out: every time is one, and is recorded",
    "cases/range.html": "the first form shows what would be confirmed; the second, which confirms, has a key",
    "cases/take_in.html": "the first form reads a file and shows it; the second, which adds, has a key",
    "cases/_findings.html": "the letter is read and shown; what adds has a key",
    "accounts/held.html": "the key of the form that was held is handed in",
    "components/post_button.html": "the key is handed in",
    "admin/change_form.html": "Django's own",
    "admin/change_list.html": "Django's own",
    "ui/gallery.html": "shows components",
}
FORM = re.compile(r"<form\b(?:\{%.*?%\}|\{\{.*?\}\}|[^>{])*>.*?</form>", re.DOTALL)
BUTTON = re.compile(r"\{% (?:post|action)_button .*?%\}")


def keyless():
    """Each template that has a POST without an idempotency key, and how many of them."""
    found = {}
    for path in pages():
        text = path.read_text()
        forms = [form for form in FORM.findall(text) if 'method="post"' in form.partition("{% csrf_token")[0]]
        bare = [form for form in forms if "{{ idempotency }}" not in form]
        bare += [button for button in BUTTON.findall(text) if "key=idempotency" not in button]
        if bare:
            found[str(path.relative_to(TEMPLATES))] = len(bare)
    return found


def test_what_is_posted_twice_is_done_once():
    """A form that makes something carries a key, so that its repeat leads to where the first one led."""
    counted = {
        "_account_menu.html": 2,
        "admin/change_form.html": 2,
        "accounts/condition_matrix.html": 2,
        "ui/gallery.html": 4,
    }
    assert keyless() == {name: counted.get(name, 1) for name in TWICE}


# Forms that send no version of what they change, by address or, where they post to their own page, by template
UNVERSIONED = {
    "changes nothing that is kept": "panels:search manual:search tickets:list outcomes:verify account_logout ui/gallery.html accounts/experts.html "
    "helpdesk/export.html helpdesk/evidence.html",
    "signs in or proves who is there": "account_login account_reset_password accounts/address.html accounts/new_address.html account/password_reset_from_key.html "
    "accounts/activate.html accounts/otp_challenge.html accounts/otp_enrol.html accounts/phone.html accounts/step_up.html people/my_phone.html",
    "makes something new, or adds to a list": "accounts/assistants.html cases:findings cases:files cases:labs cases/labs_refused.html "
    "cases:take_in cases:rectify expert_groups accounts/expertise.html meetings:bring meetings:meet_now meetings:schedule "
    "meetings:propose meetings:series_new meetings:series_add outcomes:effect outcomes:language outcomes:open_survey nudge panels:ask panels:answer panels:invite "
    "panels:address panels:new panels:keep_filter panels:receive panels:reply panels/let_in.html panels/refer.html "
    "patients:consent people/ask.html people/glass.html people/new_centre.html people/tables.html people:unit people:cover_unit people:grant people:log_outreach people:why_away "
    "tickets/raise.html tickets:reply tickets:consult",
    "the person's own, changed by nobody else": "theme practice accounts/absence.html mails meetings:address "
    "meetings:stop_address meetings:can_come panels:minutes panels:stance panels:thank panels/_stance.html "
    "panels/reword.html panels/colleague.html outcomes/survey.html",
    "decides once: the action looks at the state under a lock and refuses the slower one": "figures_again cases:show_files cases/range.html "
    "cases/_range_check.html cases/_range_today.html "
    "meetings:pick meetings:end_dates meetings:take_off meetings:drop meetings:call_off meetings:hold meetings:series_end outcomes:retry "
    "outcomes:decide_topic panels/_decline.html panels/leave.html panels/_hand_over_form.html panels:clarify panels:name_people panels:take_up panels:forward "
    "people/correct_outreach.html panels:return panels:accept panels:accept_referral panels:pass_on panels:decline_referral patients:erase_after_review "
    "patients:keep people:lost_phone people:refuse",
    "sends the number of the text that was read": "outcomes/_sign.html",
    "one value and no text, told or audited at once: whoever sets it last means it": "condition_matrix meetings:present "
    "meetings:turn meetings:order meetings:time panels:terms people:clearance people:place_centre people:move_to_unit",
    "one value of a list, set under a lock": "tickets:link meetings:series_strike",
    "the version is among the fields of {{ form }}": "tickets/publish.html accounts/profile.html describe_expert_group people:describe_centre",
    "a first decision on the agenda; corrections carry the version": "meetings:decide",
    "the address is handed in, and a button holds no text": "components/post_button.html",
    "what was posted is handed in, its version among it": "accounts/held.html",
    "the staff site's forms carry a token of the row": "admin/change_form.html admin/change_list.html",
}


def unversioned():
    for path in pages():
        for form in FORM.findall(path.read_text()):
            head, _, body = form.partition("{% csrf_token")
            if 'method="post"' in head and not re.search(r'\.version \}\}|name="version"', body):
                asked = re.search(r'action="[^"]*?\{% url "([^"]+)"', head)
                yield asked[1] if asked else str(path.relative_to(TEMPLATES))


def test_what_changes_a_row_says_which_version_it_saw():
    """A new form carries ``{{ form.version }}``, or is named above with the reason why two people do no harm with it."""
    named = [name for names in UNVERSIONED.values() for name in names.split()]
    assert sorted(set(unversioned())) == sorted(named)


def test_nothing_is_switched_off_without_a_reason_in_words():
    """The one place says it below the button. A script switches off one button, whose own words then say why."""
    disabled = {
        path.name for path in pages() if re.search(r"<[^>]*\sdisabled\b", path.read_text().replace("aria-disabled", ""))
    }
    assert disabled <= {"post_button.html"}
    assert "refused and reason" in (TEMPLATES / "components" / "post_button.html").read_text()
