"""Who was found by name and ticked stays ticked, however far from the best forty that person stands."""

import re
import uuid

import pytest

from cpms import clock
from cpms.accounts.models import User
from cpms.drafts import actions as drafts
from panels.queries.fitting import MANY
from panels.states import InvitationState
from tests.clients import signed_in
from tests.factories import Story, UserFactory

pytestmark = pytest.mark.django_db
FIRST, SECOND = "Dr Found Byname", "Dr Also Ticked"


@pytest.fixture
def story():
    """More experts than the page lists unasked. The two who are away stand behind them all."""
    story = Story()
    UserFactory.create_batch(MANY + 2)
    for name in (FIRST, SECOND):
        UserFactory(display_name=name, away_until=clock.rights_day().replace(year=clock.rights_day().year + 1))
    return story


def key(name) -> str:
    return str(User.objects.get(display_name=name).pk)


def ticked(answer) -> set[str]:
    boxes = re.findall(r'<input[^>]*name="experts"[^>]*>', answer.content.decode())
    return {re.search(r'value="([^"]+)"', box)[1] for box in boxes if " checked" in box}


def test_beside_an_error_elsewhere_they_stay_ticked_and_are_invited(story):
    client, address = signed_in(story.lead), f"/panels/{story.panel.ref}/prepare/"
    assert key(FIRST) not in client.get(address).content.decode()
    typed = {"version": story.panel.version, "question": "", "experts": [key(FIRST), key(SECOND)]}
    again = client.post(address, typed)
    assert (again.status_code, ticked(again)) == (422, {key(FIRST), key(SECOND)})


def test_a_draft_brings_them_back(story):
    fields = {"question": "Raise the dose?", "experts": [key(FIRST)]}
    address = f"/panels/{story.panel.ref}/prepare/"
    drafts.save_draft(form=f"prepare:{story.panel.ref}", label="", path=address, fields=fields, by=story.lead)
    assert ticked(signed_in(story.lead).get(address)) == {key(FIRST)}


def test_into_an_open_panel_they_stay_ticked_beside_somebody_who_cannot_be_asked(story):
    story.open(story.expert)
    client, address = signed_in(story.lead), f"/panels/{story.panel.ref}/invite/"
    assert key(FIRST) not in client.get(address).content.decode()
    for nobody in (str(uuid.uuid4()), "nobody"):
        again = client.post(address, {"experts": [key(FIRST), nobody]})
        assert (again.status_code, ticked(again)) == (422, {key(FIRST)})
    assert client.post(address, {"experts": sorted(ticked(again))}).status_code == 302
    assert story.panel.invitations.get(invitee__display_name=FIRST).state == InvitationState.PENDING
