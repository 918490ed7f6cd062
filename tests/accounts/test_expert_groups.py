"""Saved groups of experts: made from the directory, shared within a thematic group, invited with one click."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cpms.accounts import actions, queries
from cpms.accounts.access import Refused
from cpms.accounts.models import ExpertGroup, User
from panels.models import Invitation
from tests.clients import signed_in
from tests.factories import CentreFactory, GroupFactory, Story, UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def saved(by, *people, name="Adrenal surgeons", shared_with=None):
    return actions.save_experts(name=name, people=people, shared_with=shared_with, by=by)


def test_from_the_directory_to_a_group_and_once_more_into_the_same():
    owner, first, second = UserFactory(), UserFactory(), UserFactory()
    client, here = signed_in(owner), reverse("expert_groups")
    answer = client.post(here, {"name": "Surgeons", "people": [first.pk]}, secure=True)
    group = ExpertGroup.objects.get()
    assert answer.url == group.get_absolute_url()
    client.post(here, {"name": "Surgeons", "people": [second.pk]}, secure=True)
    assert set(ExpertGroup.objects.get().members.all()) == {first, second}
    assert "Tick somebody first." in client.post(here, {"name": "Nobody"}, secure=True).content.decode()
    drop = reverse("drop_from_group", args=[group.pk, first.pk])
    client.post(drop, secure=True)
    assert set(group.members.all()) == {second}
    assert client.post(drop, secure=True).status_code == 404
    client.post(reverse("forget_expert_group", args=[group.pk]), secure=True)
    assert not ExpertGroup.objects.exists()


def test_a_shared_group_is_used_by_its_thematic_group_and_changed_by_its_owner():
    field = GroupFactory()
    owner, colleague, stranger = UserFactory(), UserFactory(), UserFactory()
    for person in (owner, colleague):
        person.groups_of_interest.add(field)
    group = saved(owner, stranger, shared_with=field)
    mine = saved(owner, stranger, name="For me")
    assert set(ExpertGroup.objects.visible_to(colleague)) == {group}
    assert set(ExpertGroup.objects.visible_to(owner)) == {group, mine}
    assert not ExpertGroup.objects.visible_to(stranger).exists()
    with pytest.raises(Refused):
        actions.forget_expert_group(group, by=colleague)
    with pytest.raises(Refused, match="this name already"):
        actions.describe_expert_group(mine, name="Adrenal surgeons", shared_with=None, version=1, by=owner)
    here = reverse("describe_expert_group", args=[group.pk])
    assert signed_in(owner).post(here, {"name": "Now mine", "version": "1"}, secure=True).status_code == 302
    clash = signed_in(owner).post(here, {"name": "Of another window", "version": "1"}, secure=True)
    assert (clash.status_code, ExpertGroup.objects.get(pk=group.pk).name) == (409, "Now mine")
    assert not ExpertGroup.objects.visible_to(colleague).exists()
    assert signed_in(owner).post(here, {"name": "For me"}, secure=True).status_code == 422


def test_one_click_invites_the_group_without_those_who_are_there_or_gone():
    story = Story("groups")
    story.open(story.expert)
    new, gone = UserFactory(display_name="Dr New"), UserFactory(display_name="Dr Gone")
    group = saved(story.lead, story.expert, new, gone)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    client, here = signed_in(story.lead), reverse("panels:invite", args=[story.panel.ref])
    page = client.get(here, secure=True).content.decode()
    assert "Invite Adrenal surgeons" in page
    assert "Dr Gone" not in page
    # Enter beside a tick presses the form's first button, which must not be the group's
    assert page.index('type="submit" tabindex="-1"') < page.index('type="submit" name="expert_groups"')
    client.post(here, {"expert_groups": group.pk}, secure=True)
    assert set(Invitation.objects.filter(panel=story.panel).values_list("invitee", flat=True)) == {
        story.expert.pk,
        new.pk,
    }
    assert "Tick somebody first." in client.post(here, {"q": ""}, secure=True).content.decode()


def test_one_click_invites_one_suggested_person():
    """The button beside a name belongs to a form of its own: nobody else goes along, and Enter in the choice presses none of them."""
    story = Story("one")
    story.open()
    new, other = UserFactory(display_name="Dr New"), UserFactory(display_name="Dr Other")
    client, here = signed_in(story.lead), reverse("panels:invite", args=[story.panel.ref])
    page = client.get(here, secure=True).content.decode()
    button = f'type="submit" form="ask-one" name="experts" value="{new.pk}">'
    assert page.count('<form id="ask-one"') == 1
    assert page.count(button) == 1
    assert (
        button
        in client.get(reverse("panels:experts", args=[story.panel.ref]), {"q": "dr new"}, secure=True).content.decode()
    )
    client.post(here, {"experts": new.pk}, secure=True)
    assert list(Invitation.objects.filter(panel=story.panel).values_list("invitee", flat=True)) == [new.pk]
    assert other.pk != new.pk


def test_while_a_panel_is_prepared_nobody_is_invited_by_one_click():
    story = Story("draft")
    UserFactory(display_name="Dr New")
    client = signed_in(story.lead)
    found = client.get(reverse("panels:experts", args=[story.panel.ref]), {"q": "dr new"}, secure=True).content.decode()
    assert "Dr New" in found
    assert (
        "ask-one"
        not in found + client.get(reverse("panels:prepare", args=[story.panel.ref]), secure=True).content.decode()
    )


def test_a_group_of_somebody_else_invites_nobody():
    story = Story("groups")
    story.open()
    group = saved(UserFactory(), story.expert)
    here = reverse("panels:invite", args=[story.panel.ref])
    assert signed_in(story.lead).post(here, {"expert_groups": group.pk}, secure=True).status_code == 422
    assert not Invitation.objects.filter(panel=story.panel).exists()


def test_a_group_is_invited_when_the_panel_opens():
    story = Story("groups")
    group, panel = saved(story.lead, story.expert), story.panel
    typed = {
        "version": panel.version,
        "question": "What now?",
        "title": "T",
        "group": story.group.pk,
        "urgency": "routine",
    }
    here = reverse("panels:prepare", args=[panel.ref])
    assert "Adrenal surgeons" in signed_in(story.lead).get(here, secure=True).content.decode()
    signed_in(story.lead).post(here, typed | {"expert_groups": group.pk}, secure=True)
    assert story.invitation(story.expert).state == "pending"


@pytest.mark.parametrize("count", [1, 30])
def test_the_groups_cost_the_same_however_many(count, django_assert_num_queries):
    owner = UserFactory()
    for n in range(count):
        saved(owner, *[UserFactory() for _ in range(2)], name=f"Group {n}")
    with django_assert_num_queries(3):
        assert [len(group.experts) for group in queries.expert_groups_of(owner)] == [2] * count


def test_a_sub_group_is_named_with_its_main_group():
    main = GroupFactory(number=1, name="Adrenal")
    lower = GroupFactory(network=main.network, number=11, name="Adrenal tumours", parent=main)
    owner = UserFactory(centre=CentreFactory(network=main.network))
    owner.groups_of_interest.add(lower)
    client = signed_in(owner)
    called = "Group 1, Adrenal: Adrenal tumours"
    pages = (reverse("expertise"), reverse("experts"), reverse("panels:ask"), reverse("expert", args=[owner.pk]))
    for page in pages:
        assert (page, called in client.get(page, secure=True).content.decode()) == (page, True)
