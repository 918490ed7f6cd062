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


def test_scripts_keep_nothing_in_the_browser_and_stay_small():
    for path in SCRIPTS.glob("*.js"):
        text = path.read_text()
        assert not re.search(r"localStorage|sessionStorage|indexedDB|document\.cookie|\beval\(", text), path.name
        assert len(text.splitlines()) <= 80, path.name
