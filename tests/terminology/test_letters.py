"""A list that is narrowed on the page and one that the server searches take the same letters for the same."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

from cpms.terminology.folding import STRUCK, without_accents

SCRIPT = (Path(settings.BASE_DIR) / "static/js/filter.js").read_text()


def test_the_page_and_the_server_spell_struck_letters_alike():
    table = dict(re.findall(r'(\w): "(\w+)"', SCRIPT[: SCRIPT.index("};")]))
    assert table == {letter: without_accents(letter) for letter in table}
    assert {chr(letter) for letter in STRUCK} == table.keys() - {"ß", "ς"}
    assert set(re.search(r"replace\(/\[(\w+)\]/g", SCRIPT)[1]) == table.keys()
