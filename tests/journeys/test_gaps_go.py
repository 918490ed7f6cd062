"""While experts are ticked, the page says only what nobody among them covers."""

from __future__ import annotations

import pytest
from django.conf import settings

from cpms.accounts.roles import Care
from tests.clients import signed_in
from tests.factories import Story, UserFactory

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]
GENETICIST, FOR_CHILDREN = "No geneticist yet, and the case has a variant.", "Nobody who cares for children yet."


def test_a_tick_that_fills_a_gap_takes_its_sentence_away(browser):
    story = Story()
    story.lead.care = Care.ADULT
    story.lead.save(update_fields=["care"])
    geneticist = UserFactory(job_title="Clinical geneticist", care=Care.ADULT)
    surgeon = UserFactory(job_title="Endocrine surgeon", care=Care.BOTH)
    words = signed_in(story.lead).get(f"/panels/{story.panel.ref}/prepare/", secure=True).content.decode()
    page = browser.new_page()
    page.set_content(words)
    page.add_style_tag(content=(settings.BASE_DIR / "static" / "css" / "pages.css").read_text())

    def said(*ticked):
        for one in (geneticist, surgeon):
            page.set_checked(f"#expert-{one.pk}", one in ticked)
        return [line for line in (GENETICIST, FOR_CHILDREN) if page.get_by_text(line).is_visible()]

    found = [said(), said(geneticist), said(surgeon), said(geneticist, surgeon)]
    page.close()
    assert found == [[GENETICIST, FOR_CHILDREN], [FOR_CHILDREN], [GENETICIST], []]
