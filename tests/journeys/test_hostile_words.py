"""Whatever people type is text and stays in its place: no script runs, nothing scrolls sideways, and it is read as it was typed."""

from __future__ import annotations

import pytest

from cpms.accounts import actions as accounts
from cpms.accounts.roles import Role
from panels import actions as panels
from tests.browser import TOO_WIDE, WIDE
from tests.factories import (
    AccessRequestFactory,
    CentreFactory,
    GroupFactory,
    NetworkFactory,
    Story,
    UserFactory,
    give_role,
)
from tests.journeys.person import Person
from tests.journeys.rooms import entered

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]
MARKUP = "<script>document.title='ran'</script>"
SIGNS = '<img src=x onerror="document.title=1">{{ 7 }} zero\u200bwidth 中文 שלום &lt;'
TURNED = "\u202e05"  # reads "50"
SIZES = ((1280, 900), (390, 844))


def hostile(size: int = 200) -> str:
    """Markup, signs without width and a word without an end: so many signs."""
    return f"{MARKUP} {TURNED} {SIGNS[: size // 3]} ".ljust(size, "ß")


class Hostile(Story):
    """Every word of panel and case is hostile, and so are people, hospital, group and network."""

    def __init__(self) -> None:
        super().__init__()
        network = NetworkFactory(name=hostile(120), topic=hostile(160))
        self.group = GroupFactory(network=network, name=hostile(120))
        self.centre = CentreFactory(name=hostile(160), city=hostile(80), network=network)
        for name in ("lead", "expert", "invited"):
            setattr(self, name, self.person(name))
        self.open(self.expert, self.invited)
        panels.accept(self.invitation(self.expert), by=self.expert)
        said = self.contribute(self.expert)
        panels.take_stance(said, kind="dissent", text=hostile(), by=self.lead)
        panels.reword(said, text=hostile(300), by=self.expert)
        panels.comment(self.fresh(), text=hostile(), by=self.lead)
        self.contribute(self.expert, kind="need_data")
        guest = {"name": hostile(120), "hospital": hostile(160), "country": "IE"}
        panels.invite_guest(self.fresh(), email="g" * 60 + "@" + "elsewhere" * 6 + ".example", by=self.lead, **guest)
        self.question_asked = panels.ask_group(self.group, text=hostile(), by=self.lead)
        AccessRequestFactory(display_name=hostile(120), why=hostile(), job_title=hostile(120), centre=self.centre)
        self.saved = accounts.save_experts(name=hostile(80), people=[self.expert], shared_with=None, by=self.lead)

    def canary(self, name: str) -> str:
        return hostile()

    def person(self, who: str, role: str = "") -> object:
        email = f"{who}{'e' * 50}@{'hospital' * 7}.example"
        named = {"display_name": hostile(120), "job_title": hostile(120), "email": email}
        user = UserFactory(centre=self.centre, role=role or None, **named)
        user.groups_of_interest.add(self.group)
        accounts.declare_expertise(user, system="ORPHA", code="ORPHA:90794", name=hostile(), by=user)
        return user


def test_what_people_type_runs_nowhere_and_widens_no_page(pages, browser):
    story = Hostile()
    desk, coordinator = (story.person(who, "none") for who in ("desk", "coordinator"))
    give_role(desk, Role.HELPDESK_ADULT, network=story.group.network)
    give_role(coordinator, Role.NETWORK_COORDINATOR, network=story.group.network)
    panel, case = f"/panels/{story.panel.ref}/", f"/cases/{story.case.pk}/"
    sheet = f"/invitations/{story.invitation(story.invited).pk}/"
    tours = {
        story.lead: [
            "/",
            "/panels/",
            panel,
            f"{panel}invite/",
            f"/patients/{story.patient.pseudonym}/sight/",
            f"{case}edit/",
            "/accounts/profile/",
        ],
        story.invited: [
            "/",
            sheet,
            "/experts/",
            f"/experts/{story.expert.pk}/",
            f"/questions/{story.question_asked.pk}/",
        ],
        coordinator: ["/dispatch/", "/people/requests/", "/people/", f"/people/{story.lead.pk}/"],
        desk: ["/people/centres/", f"/people/centres/{story.centre.pk}/", "/helpdesk/", "/helpdesk/accounts/user/"],
    }
    faults = []
    for user, paths in tours.items():
        person = entered(user, browser, pages.url)
        faults += [fault for path in paths for fault in faults_of(person, path)]
        person.close()
    assert not faults, "\n".join(faults)


def faults_of(person: Person, path: str) -> list[str]:
    answer = person.page.goto(person.url + path)
    found = [] if answer.status == 200 else [f"{path}: {answer.status}"]
    for width, height in SIZES:
        person.page.set_viewport_size({"width": width, "height": height})
        if (over := person.page.evaluate(TOO_WIDE)) > 0:
            found.append(f"{path}, {width} px: {over} px too wide, {person.page.evaluate(WIDE)}")
    shown = person.page.locator("body").inner_text()
    if f"{MARKUP} 05" not in shown or "\u202e" in shown:
        found.append(f"{path}: not as typed")
    if person.page.title() in {"ran", "1"}:
        found.append(f"{path}: a script ran")
    return found
