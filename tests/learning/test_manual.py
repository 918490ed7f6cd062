"""The manual is true: it helps with every page, its links lead somewhere, and what it names stands on a page."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from cpms.accounts.roles import Role
from helpdesk.learning import queries
from helpdesk.learning.catalogue import BadChapter, chapters, parsed
from helpdesk.learning.states import HELP, STAFF_SITE, START, Reader
from tests.clients import signed_in
from tests.factories import UserFactory, give_role
from tests.journeys.visits import NO_PAGE, all_pages

ROOT = Path(settings.BASE_DIR)
pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
QUERIES = 8
OURS = ("cpms", "consent", "panels", "outcomes", "helpdesk")
TAG, COMMENT = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL), re.compile(r"\{#.*?#\}", re.DOTALL)


def sections():
    return [(chapter, section) for chapter in chapters().values() for section in chapter.sections]


def every_run():
    return [(c, s, run) for c, s in sections() for block in s.blocks for item in block.items for run in item]


def is_there(place):
    slug, _, anchor = place.partition("#")
    return slug in chapters() and (not anchor or chapters()[slug].section(anchor) is not None)


def test_every_page_that_a_person_can_visit_has_its_section():
    pages = {STAFF_SITE if name.startswith(f"{STAFF_SITE}:") else name for name in all_pages()} - set(NO_PAGE)
    assert pages == set(HELP)
    assert {place for place in [*HELP.values(), START] if not is_there(place)} == set()


def test_pages_for_people_without_an_account_lead_to_open_chapters():
    assert chapters()[START.partition("#")[0]].is_open
    inside = reverse("manual:chapter", args=["help"]) + "#known"
    assert queries.help_with("tickets:status", inside=True) == inside
    assert queries.help_with("tickets:status", inside=False) == "/manual/coming-in/coming-in/#sign-in"
    assert queries.help_with("panels:refer", inside=False) == "/manual/coming-in/outside/#ask"
    assert queries.help_with("", inside=True) == "/manual/"
    assert queries.help_with("helpdesk:accounts_user_changelist", inside=True) == "/manual/helpdesk/#today"


def test_anchors_are_told_apart_and_links_lead_somewhere():
    for chapter in chapters().values():
        anchors = [section.anchor for section in chapter.sections]
        assert len(anchors) == len(set(anchors)), chapter.slug
    assert {run.to for _c, _s, run in every_run() if run.to and not is_there(run.to)} == set()
    files = {path.stem for path in (ROOT / "helpdesk/learning/chapters").glob("*.md")}
    assert files == set(chapters())
    assert {reader for chapter in chapters().values() for reader in chapter.readers} == set(Reader)


def strings_of(path):
    """What a module's code says, without what it says about itself."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and type(n.value) is str and id(n) not in told
    ]


@cache
def words_on_pages():
    """Everything that templates show, and the words of labels, choices and menus."""
    pages = [path for path in (ROOT / "templates").rglob("*.html") if path.parent.name != "manual"]
    texts = [COMMENT.sub("", path.read_text(encoding="utf-8")) for path in pages]
    shown = [said for text in texts for tag in TAG.findall(text) for said in re.findall(r'"([^"]+)"', tag)]
    code = [path for part in OURS for path in (ROOT / part).rglob("*.py")]
    own = {"migrations", "learning", "demo", "management", "importers"}
    said = [line for path in code if not own & set(path.parts) for line in strings_of(path)]
    lines = [re.sub(r"[ \n]+", " ", line) for text in texts for line in TAG.split(text)]
    return "\n".join([*lines, *shown, *said])


def test_each_button_and_page_that_is_named_stands_on_a_page():
    """In words, upper and lower case: a button that is renamed is renamed in the manual, too."""
    text = words_on_pages().replace("’", "'") + "\nHelp with this page\nManual\nToday\n"
    named = {run.text for _c, _s, run in every_run() if run.bold}
    assert len(named) > 120
    assert sorted(name for name in named if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)) == []


def test_no_text_asks_twice_or_shouts():
    for chapter, section in sections():
        words = f"{chapter.lead} {section.title} {section.words}"
        said = " ".join(run.text for block in section.blocks for item in block.items for run in item if not run.bold)
        assert "!" not in words
        assert not re.search(r"\bplease\b", said, re.IGNORECASE), section.anchor
        assert len(section.words.split()) < 190, section.anchor


def test_a_chapter_that_is_not_written_as_the_others_is_refused():
    whole = (
        "# Title\nReaders: staff\nLead in.\n\n## One {#one}\nText **Bold** and [there](help#ask).\n\n- a\n- b\n\n1. c"
    )
    chapter = parsed("x", whole)
    (section,) = chapter.sections
    assert (chapter.title, chapter.lead, chapter.is_open, section.anchor) == ("Title", "Lead in.", False, "one")
    assert [(block.kind, len(block.items)) for block in section.blocks] == [("text", 1), ("bullets", 2), ("steps", 1)]
    assert [run.text for run in section.blocks[0].items[0]] == ["Text ", "Bold", " and ", "there", "."]
    for bad in ("Title\nReaders: staff\n## One {#one}", "# Title\n## One {#one}", "# T\nReaders: staff", whole[:-40]):
        if "{#one}" in bad and bad.startswith("# Title\nReaders"):
            bad = bad.replace(" {#one}", "")
        with pytest.raises(BadChapter):
            parsed("x", bad)
    with pytest.raises(ValueError, match="nobody"):
        parsed("x", whole.replace("staff", "nobody"))


def found(text):
    return [(hit.chapter.slug, hit.section.anchor) for hit in queries.search(queries.understood(text))]


def test_the_search_takes_words_beginnings_and_slips():
    assert found("lost phone")[0] == ("coming-in", "phone")
    assert ("advice", "decline") in found("declin")
    assert queries.understood("invitaton") == ["invitation"]
    assert found("invitaton") == found("invitation")
    assert ("advice", "decline") in found("invitation better name")
    assert found("zzzzzz invitation") == found("invitation")
    assert found("zzzzzz") == []
    assert found("") == []
    assert found("Überweisung") == []


def test_a_hit_marks_the_words_and_shows_what_stands_around_them():
    hit = queries.search(["digest"])[0]
    assert [text for text, meant in hit.title if meant] == ["digest"]
    for word in ("break-glass", "phenopacket", "passcode", "helpdesk"):
        for hit in queries.search(queries.understood(word)):
            assert len("".join(text for text, _meant in hit.excerpt)) < 260
    late = "First. " + "Some words. " * 40 + "Here is the needle in the text."
    assert queries.excerpt(late, ["needle"]) == "… Here is the needle in the text."
    assert queries.excerpt("x " * 300 + "needle " + "y " * 300, ["needle"]).startswith("… ")


def test_the_frame_leads_to_the_section_about_the_page(client):
    staff = UserFactory(role="none")
    give_role(staff, Role.CORE_HELPDESK)
    for who, path, to in (
        (signed_in(UserFactory()), reverse("panels:list"), "/manual/panel/#find"),
        (signed_in(staff), reverse("helpdesk:index"), "/manual/helpdesk/#today"),
        (signed_in(UserFactory()), "/nowhere/", "/manual/"),
        (client, reverse("account_login"), "/manual/coming-in/coming-in/#sign-in"),
        (client, "/nowhere/", "/manual/coming-in/coming-in/#sign-in"),
    ):
        page = who.get(path, secure=True).content.decode()
        assert f'<a href="{to}">Help with this page</a>' in page, path


def test_open_chapters_need_no_account_and_the_others_do(client):
    for chapter in chapters().values():
        answer = client.get(chapter.get_absolute_url(), secure=True)
        assert answer.status_code == (200 if chapter.is_open else 302), chapter.slug
    for slug in ("panel", "nowhere"):
        assert client.get(reverse("manual:open", args=[slug]), secure=True).status_code == 404
    page = client.get("/manual/coming-in/coming-in/", secure=True).content.decode()
    assert 'href="/manual/panel/"' not in page


def test_everybody_inside_reads_each_chapter_and_its_sections(django_assert_num_queries):
    client = signed_in(UserFactory(role="none", centre=None))
    contents = client.get("/manual/").content.decode()
    for chapter in chapters().values():
        assert f'{chapter.get_absolute_url()}"' in contents
        with django_assert_num_queries(QUERIES):
            page = client.get(chapter.get_absolute_url()).content.decode()
        assert [s.anchor for s in chapter.sections if f'id="{s.anchor}"' not in page] == []
    assert client.get("/manual/nowhere/").status_code == 404
    assert client.get("/manual/coming-in/").status_code == 404


def test_the_search_page_marks_words_and_keeps_them_out_of_the_address():
    client = signed_in(UserFactory())
    assert client.get("/manual/search/").status_code == 200
    page = client.post("/manual/search/", {"words": "recovry codes"}).content.decode()
    assert "Understood as <b>recovery</b>" in page
    assert "<mark>codes</mark>" in page
    assert "Nothing found" in client.post("/manual/search/", {"words": "zzzzzz"}).content.decode()
    assert client.post("/manual/search/", {"words": ""}).status_code == 422
