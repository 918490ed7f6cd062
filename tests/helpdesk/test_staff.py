"""How staff come in, and what they can do for others: mail a link, never see it, never set a password."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command
from django.urls import reverse

from consent import actions as consent
from consent.models import ConsentForm, Registry
from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.models import ActivationLink, User
from cpms.accounts.roles import Role
from cpms.notifications.models import OutboxMessage
from helpdesk import actions
from tests.clients import signed_in
from tests.factories import CentreFactory, NetworkFactory, Story, UserFactory, give_role, totp_device

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def staff():
    user = UserFactory(role="none")
    give_role(user, Role.CORE_HELPDESK)
    return user


def test_the_first_person_comes_by_command_and_link():
    call_command("invite_staff", "First@Cpms.Example", "First Person", verbosity=0)
    user = User.objects.get(email="first@cpms.example")
    assert user.is_staff
    assert not user.has_usable_password()
    assert OutboxMessage.objects.get(recipient=user).link.startswith("/accounts/activate/")


def test_only_helpdesk_roles_are_given_this_way_and_only_by_staff():
    with pytest.raises(Refused):
        actions.invite_staff("x@y.example", display_name="X", role=Role.CLINICIAN, by=None)
    with pytest.raises(Refused):
        actions.invite_staff("x@y.example", display_name="X", role=Role.CORE_HELPDESK, by=UserFactory())


def test_staff_mail_a_fresh_link_to_those_who_have_not_activated():
    sleeper, active = UserFactory(activated_at=None), UserFactory()
    client = signed_in(staff())
    totp_device(active)
    fields = {"action": "send_activation_link", "_selected_action": [str(sleeper.pk), str(active.pk)]}
    answer = client.post(reverse("helpdesk:accounts_user_changelist"), fields, follow=True)
    assert "1 link mailed" in answer.content.decode()
    assert list(OutboxMessage.objects.values_list("recipient", flat=True)) == [sleeper.pk]
    assert ActivationLink.objects.get().user == sleeper
    with pytest.raises(Refused):
        actions.send_activation(sleeper, by=active)
    with pytest.raises(ValueError, match="active already"):
        actions.send_activation(active, by=staff())


def test_an_account_that_is_off_gets_no_link():
    """Switched off before its owner came, or over since its address was freed: the page says that no mail went."""
    sleeper = UserFactory(activated_at=None, is_active=False)
    fields = {"action": "send_activation_link", "_selected_action": [str(sleeper.pk)]}
    answer = signed_in(staff()).post(reverse("helpdesk:accounts_user_changelist"), fields, follow=True)
    assert "0 links mailed" in answer.content.decode()
    with pytest.raises(Refused, match="switched off"):
        actions.send_activation(sleeper, by=staff())
    assert (OutboxMessage.objects.count(), ActivationLink.objects.count()) == (0, 0)


def test_the_helpdesk_of_one_network_finds_its_own_accounts_alone():
    bond = NetworkFactory(code="BOND", name="ERN BOND")
    here, there = UserFactory(activated_at=None), UserFactory(activated_at=None, centre=CentreFactory(network=bond))
    desk = UserFactory(role="none")
    give_role(desk, Role.HELPDESK_ADULT, network=here.centre.networks.get())
    page = reverse("helpdesk:accounts_user_changelist")
    fields = {"action": "send_activation_link", "_selected_action": [str(here.pk), str(there.pk)]}
    for by, found in ((desk, {here}), (staff(), {here, there})):
        client = signed_in(by)
        listed = set(client.get(page).context["cl"].queryset)
        assert listed & {here, there} == found
        roles = client.get(reverse("helpdesk:accounts_membership_changelist")).context["cl"].queryset
        assert {row.user for row in roles} & {here, there} == found
        OutboxMessage.objects.all().delete()
        client.post(page, fields)
        assert {mail.recipient for mail in OutboxMessage.objects.all()} == found
    there_page = reverse("helpdesk:accounts_user_change", args=[there.pk])
    assert signed_in(desk).get(there_page).status_code == 302
    with pytest.raises(Refused):
        actions.send_activation(there, by=desk)


def test_a_guests_fresh_link_is_good_for_as_long_and_leads_to_the_invitation():
    story = Story()
    story.open()
    guest = story.invite_guest("guest@far.example").invitee
    first = ActivationLink.objects.get(user=guest)
    assert first.next_path
    for _ in range(2):
        actions.send_activation(guest, by=staff())
        again = ActivationLink.objects.get(user=guest)
        assert (again.next_path, again.digest == first.digest) == (first.next_path, False)
        assert again.expires_at - again.made_at > ActivationLink.GUESTS_GOOD_FOR - dt.timedelta(minutes=1)


def test_staff_see_accounts_and_no_clinical_model():
    from helpdesk.admin import site

    apps = {model._meta.app_label for model in site._registry}
    assert apps == {"accounts", "notifications", "jobs", "helpdesk", "consent", "cases", "meetings"}
    assert {model.__name__ for model in site._registry if model._meta.app_label == "meetings"} == {"VideoService"}
    of_cases = {model.__name__ for model in site._registry if model._meta.app_label == "cases"}
    assert of_cases == {"CaseForm"}  # the questions a group asks, never an answer
    assert {model.__name__ for model in site._registry if model._meta.app_label == "consent"} == {
        "ConsentForm",
        "Registry",
    }
    page = signed_in(staff()).get(reverse("helpdesk:accounts_user_changelist"), {"activated": "no"})
    assert page.status_code == 200
    assert "delete" not in page.content.decode().lower().split("<main")[-1]


def test_staff_add_a_version_of_the_consent_form_and_change_it_until_it_is_published():
    client, add = signed_in(staff()), reverse("helpdesk:consent_consentform_add")
    fields = {"language": "fi", "version": "1", "title": "Suostumus", "body": "# 1. Hoito", "published_on": ""}
    assert client.post(add, fields).status_code == 302
    form = ConsentForm.objects.get(language="fi")
    change = reverse("helpdesk:consent_consentform_change", args=[form.pk])
    seen = client.get(change).context["adminform"].form["seen"].value()
    past = client.post(change, {**fields, "published_on": "2026-01-02", "seen": seen})
    assert "nobody could sign it before" in past.content.decode()
    form.published_on = clock.today() - dt.timedelta(days=1)
    with pytest.raises(Refused, match="nobody could sign it before"):
        consent.save_form(form, by=staff())
    later = {**fields, "published_on": f"{clock.today() + dt.timedelta(days=2)}", "seen": seen}
    assert client.post(change, later).status_code == 302
    seen = client.get(change).context["adminform"].form["seen"].value()
    assert client.post(change, {**later, "title": "Uusi", "seen": seen}).status_code == 302  # nobody signed it yet
    ConsentForm.objects.filter(language="fi").update(published_on=clock.today())
    assert client.post(change, {**fields, "title": "Other"}).status_code == 403
    assert ConsentForm.objects.get(language="fi").title == "Uusi"
    with pytest.raises(Refused, match="published"):
        consent.save_form(ConsentForm.objects.get(language="fi"), by=staff())
    registry = reverse("helpdesk:consent_registry_add")
    assert client.post(registry, {"code": "new", "name": "New registry", "closed_on": ""}).status_code == 302
    listed = client.get(reverse("helpdesk:consent_consentform_changelist")).content.decode()
    assert "as patients see it" in listed


def test_two_people_of_the_helpdesk_never_overwrite_each_other_unseen():
    registry = Registry.objects.create(code="twice", name="As it was")
    page = reverse("helpdesk:consent_registry_change", args=[registry.pk])
    first, second = signed_in(staff()), signed_in(staff())
    seen = second.get(page).context["adminform"].form["seen"].value()
    fields = {"closed_on": ""}
    assert first.post(page, {**fields, "name": "Theirs", "seen": seen}).status_code == 302
    clash = second.post(page, {**fields, "name": "Mine", "seen": seen})
    form = clash.context["adminform"].form
    assert form.errors["name"] == ["Saved by somebody else: Theirs"]
    assert 'value="Mine"' in clash.content.decode()
    assert Registry.objects.get(pk=registry.pk).name == "Theirs"
    assert second.post(page, {**fields, "name": "Mine", "seen": form["seen"].value()}).status_code == 302
    assert Registry.objects.get(pk=registry.pk).name == "Mine"
    assert second.post(page, {**fields, "name": "Without having looked"}).status_code == 200
    assert Registry.objects.get(pk=registry.pk).name == "Mine"


def test_a_registry_keeps_the_code_that_roles_and_consents_hang_on():
    """Another code would move a researcher's role to other patients without the second person that giving it needs."""
    registry = Registry.objects.create(code="first", name="As it was")
    page, client = reverse("helpdesk:consent_registry_change", args=[registry.pk]), signed_in(staff())
    form = client.get(page).context["adminform"].form
    sent = {"code": "other", "name": "Renamed", "closed_on": "", "seen": form["seen"].value()}
    assert ("code" in form.fields, client.post(page, sent).status_code) == (False, 302)
    registry.refresh_from_db()
    assert (registry.code, registry.name) == ("first", "Renamed")
    registry.code = "other"
    with pytest.raises(Refused, match="by its code"):
        consent.save_registry(registry, by=staff())


def test_a_page_for_something_new_says_so_and_a_list_what_is_searched():
    client = signed_in(staff())
    page = client.get(reverse("helpdesk:accounts_thematicgroup_add")).content.decode()
    assert '<li aria-current="page">Add thematic group</li>' in page
    page = client.get(reverse("helpdesk:accounts_user_changelist")).content.decode()
    assert 'placeholder="Name, address or hospital"' in page


def test_the_staff_site_calls_its_lists_as_its_pages_do():
    client = signed_in(staff())
    for page, words in (("accounts_membership", "Roles"), ("notifications_outboxmessage", "Mails")):
        assert str(client.get(reverse(f"helpdesk:{page}_changelist")).context["module_name"]).capitalize() == words
        assert f">{words}</a>" in client.get(reverse("helpdesk:index")).content.decode()


def test_the_staff_site_finds_names_in_every_alphabet():
    centre = CentreFactory(name="Γενικό Νοσοκομείο Λάρισας", city="Λάρισα", network=NetworkFactory())
    person = UserFactory(display_name="Dr Jiří Šťastný", centre=centre)
    mail = OutboxMessage.objects.create(
        notice="invited", recipient=person, about_type="x", about_id=person.pk, path="/", dedupe_key="1", ref="P-26"
    )
    client = signed_in(staff())
    for page, words, wanted in (
        ("accounts_user", "jiri stastny", person.pk),
        ("accounts_user", "λαρισας", person.pk),
        ("accounts_centre", "ΝΟΣΟΚΟΜΕΙΟ λαρισα", centre.pk),
        ("accounts_membership", "stastny", person.memberships.get().pk),
        ("notifications_outboxmessage", "stastny", mail.pk),
        ("notifications_outboxmessage", "p-26 stastny", mail.pk),
    ):
        path = reverse(f"helpdesk:{page}_changelist")
        rows = client.get(path, {"q": words}).context["cl"].result_list
        assert [row.pk for row in rows] == [wanted], (page, words)
        assert list(client.get(path, {"q": f"{words} zebra"}).context["cl"].result_list) == [], (page, words)
