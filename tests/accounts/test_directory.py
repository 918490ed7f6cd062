"""The right expert by condition, gene, field, country, language and age group; what panels show beside what is declared."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from cpms import clock
from cpms.accounts import actions, queries
from cpms.accounts.models import Expertise, User
from cpms.accounts.queries import Wanted
from cpms.accounts.queries.directory import records_of
from cpms.accounts.roles import Role
from cpms.terminology import actions as terminology
from cpms.terminology.importers.release import ReadConcept, Release
from cpms.terminology.models import ConceptEdge
from cpms.terminology.states import Kind, System
from panels import actions as panels
from panels.models import Invitation
from tests.clients import signed_in
from tests.factories import CentreFactory, GroupFactory, NetworkFactory, Story, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
CAH, PHP, ADRENAL = "ORPHA:418", "ORPHA:79443", "ORPHA:101954"
CONCEPTS = (
    ReadConcept(ADRENAL, "Rare adrenal disease", Kind.GROUP),
    ReadConcept(CAH, "Congenital adrenal hyperplasia", Kind.DISEASE, synonyms=("CAH",), parents=(ADRENAL,)),
    ReadConcept(PHP, "Pseudohypoparathyroidism type 1A", Kind.DISEASE, synonyms=("Albright osteodystrophy",)),
)


@pytest.fixture(autouse=True)
def orphanet():
    terminology.load(Release(System.ORPHA, "Orphadata 2025-07", "CC BY 4.0", "Orphanet", CONCEPTS), by=None)


@pytest.fixture
def asker():
    return UserFactory(display_name="Dr Asker")


def expert(name, *codes, **fields):
    user = UserFactory(display_name=name, **fields)
    for code in codes:
        system = "ORPHA" if code.startswith("ORPHA") else "GENE"
        Expertise.objects.create(user=user, system=system, code=code, name=code)
    return user


def names(asker, **wanted):
    return [person.display_name for person in queries.find_experts(Wanted(**wanted), by=asker).experts]


@pytest.mark.parametrize(
    "typed",
    [
        "congenital adrenal hyperplasia",
        "adrenal hyper",
        "cah",
        "congenital adrenl hyperplasya",
        "congential adrenal hyperplasia",
        "hyperplasia adrenal congenital",
    ],
)
def test_a_condition_is_found_by_name_synonym_and_when_misspelt(typed, asker):
    expert("Knows", CAH)
    expert("Knows another", PHP)
    assert names(asker, condition=typed) == ["Knows"]


def test_what_is_like_nothing_finds_nobody(asker):
    expert("Knows", CAH)
    assert names(asker, condition="zzzz qqqq") == []
    assert names(asker, condition="xy") == []
    assert queries.find_experts(Wanted(condition="zzzz qqqq"), by=asker).conditions == []


def test_the_tree_widens_a_search_and_the_exact_stand_first(asker):
    expert("A general one", ADRENAL)
    expert("B exact one", CAH)
    assert names(asker, condition="congenital adrenal hyperplasia") == ["B exact one", "A general one"]
    assert names(asker, condition="rare adrenal disease") == ["A general one", "B exact one"]


def test_the_other_questions_narrow(asker):
    group = GroupFactory()
    there = CentreFactory(country="IT")
    one = expert("One", "MEN1", centre=there, languages=["it", "en"], care="paediatric")
    one.groups_of_interest.add(group)
    expert("Two", languages=["fi"], care="adult")
    for wanted in (
        {"gene": "men1"},
        {"group": group},
        {"country": "IT"},
        {"language": "it"},
        {"care": "paediatric", "language": "en"},
    ):
        assert names(asker, **wanted) == ["One"], wanted
    assert names(asker, care="adult") == ["Dr Asker", "Two"]


def test_only_active_clinicians_are_shown_and_a_guest_sees_nobody(asker):
    expert("Off", CAH, is_active=False)
    expert("Waiting", CAH, activated_at=None)
    expert("No clinician", CAH, role="none")
    guest = UserFactory(centre=None, role="none")
    assert names(asker, condition="cah") == []
    expert("Here", CAH)
    assert names(guest, condition="cah") == []
    assert signed_in(guest).get(reverse("experts"), secure=True).status_code == 403


def test_panels_show_what_was_answered_how_fast_and_what_runs():
    story = Story("a")
    story.open()
    for days in (1, 3, 8):
        other = Story(f"n{days}")
        other.lead = story.lead
        other.open()
        other.seat(story.expert)
        row = Invitation.objects.filter(panel=other.panel, invitee=story.expert)
        row.update(sent_at=clock.now() - dt.timedelta(days=days), answered_at=clock.now())
    panels.withdraw(other.fresh(), by=story.lead)
    panels.invite_experts(story.fresh(), people=[story.expert], by=story.lead)
    record = records_of([story.expert])[story.expert.pk]
    assert (record.answered, record.median_days, record.load) == (3, 3, 3)
    nobody = records_of([UserFactory()])
    assert [(r.answered, r.median_days, r.load) for r in nobody.values()] == [(0, None, 0)]


def test_the_search_is_a_post_and_says_what_it_understood(asker):
    expert("Dr Knows", CAH, away_until=clock.today() + dt.timedelta(days=3))
    client, here = signed_in(asker), reverse("experts")
    page = client.post(here, {"condition": "congenital adrenl hyperplasya"}, secure=True).content.decode()
    assert "Congenital adrenal hyperplasia" in page
    assert "Dr Knows" in page
    assert "Away until" in page
    assert "1 expert" in page
    assert (
        "No condition has a name like this." in client.post(here, {"condition": "zzzz"}, secure=True).content.decode()
    )
    assert client.post(here, {"condition": "", "page": "7"}, secure=True).status_code == 200


def test_a_profile_shows_deputy_and_record(asker):
    centre = CentreFactory()
    deputy = UserFactory(display_name="Dr Deputy", centre=centre)
    person = expert("Dr Knows", CAH, centre=centre, languages=["fi", "xx"])
    actions.set_absence(person, away_until=clock.today(), deputy=deputy, by=person)
    page = signed_in(asker).get(reverse("expert", args=[person.pk]), secure=True).content.decode()
    assert "Deputy: <b>Dr Deputy</b>" in page
    assert "Finnish, xx" in page


def test_the_owner_edits_expertise(asker):
    client, here = signed_in(asker), reverse("expertise")
    client.post(here, {"condition": "Congenital adrenal hyperplasia", "code": CAH}, secure=True)
    client.post(here, {"condition": "pseudohypoparathyroidism type 1a", "gene": "gnas"}, secure=True)
    client.post(here, {"gene": "GNAS"}, secure=True)
    assert set(asker.expertise.values_list("code", flat=True)) == {CAH, PHP, "GNAS"}
    near = client.post(here, {"condition": "adrenl hyperplasya"}, secure=True)
    assert near.status_code == 422
    assert "Do you mean: Congenital adrenal hyperplasia?" in near.content.decode()
    for wrong in ({"condition": "zzzz"}, {"condition": ""}, {"gene": "no gene!"}):
        assert client.post(here, wrong, secure=True).status_code == 422
    row = asker.expertise.get(code=CAH)
    other = signed_in(UserFactory())
    assert other.post(reverse("drop_expertise", args=[row.pk]), secure=True).status_code == 404
    client.post(reverse("drop_expertise", args=[row.pk]), secure=True)
    assert asker.expertise.count() == 2


def test_the_owner_says_languages_care_and_fields(asker):
    group = GroupFactory()
    client, here = signed_in(asker), reverse("practice")
    client.post(here, {"languages": ["fi", "en"], "care": "adult", "groups": [group.pk]}, secure=True)
    saved = User.objects.get(pk=asker.pk)
    assert (saved.languages, saved.care, list(saved.groups_of_interest.all())) == (["fi", "en"], "adult", [group])
    assert client.post(here, {"care": "nobody"}, secure=True).status_code == 422


def test_who_follows_a_sub_group_is_found_with_its_main_group(asker):
    main = GroupFactory()
    part = GroupFactory(network=main.network, number=11, name="Hyperplasia", parent=main)
    client, here = signed_in(asker), reverse("practice")
    assert "Group 1, Adrenal: Hyperplasia" in client.get(reverse("expertise"), secure=True).content.decode()
    client.post(here, {"languages": ["fi"], "care": "adult", "groups": [part.pk]}, secure=True)
    assert set(User.objects.get(pk=asker.pk).groups_of_interest.all()) == {main, part}
    for group in (main, part):
        assert list(queries.find_experts(Wanted(group=group), by=asker).experts.values_list("pk", flat=True)) == [
            asker.pk
        ]
    CentreFactory(country="IT")
    assert [cells for _group, cells in queries.coverage(main.network).rows] == [[1, 0], [1, 0]]


def test_a_group_put_below_another_brings_its_people(asker):
    main, other = GroupFactory(), GroupFactory(number=2, name="Calcium")
    asker.groups_of_interest.add(other)
    staff = UserFactory(role="none")
    give_role(staff, Role.HELPDESK_ADULT, network=main.network)
    other.parent = main
    actions.save_group(other, by=staff)
    assert asker in main.people.all()
    coordinator = UserFactory(role="none")
    give_role(coordinator, Role.GROUP_COORDINATOR, group=main)
    assert queries.coordinators_for(main.network, other) == [coordinator]


def test_the_matrix_leaves_no_empty_place_out(asker):
    group, empty = GroupFactory(), GroupFactory(number=2, name="Calcium")
    asker.groups_of_interest.add(group)
    CentreFactory(country="IT")
    table = queries.coverage(group.network)
    assert table.countries == ["FI", "IT"]
    assert [(g, cells) for g, cells in table.rows] == [(group, [1, 0]), (empty, [0, 0])]
    page = signed_in(asker).get(reverse("matrix"), secure=True).content.decode()
    assert page.count(">nobody<") == 3
    assert signed_in(asker).get(reverse("matrix") + "?network=NONE", secure=True).status_code == 404


def test_people_of_a_country_without_a_member_hospital_are_counted_in_the_matrix(asker):
    group = GroupFactory()
    elsewhere = CentreFactory(country="NO", network=NetworkFactory(code="BOND", name="ERN BOND"))
    UserFactory(centre=elsewhere).groups_of_interest.add(group)
    table = queries.coverage(group.network)
    assert (table.countries, [cells for _group, cells in table.rows]) == (["FI", "NO"], [[0, 1]])


def test_without_any_group_the_matrix_says_so(asker):
    assert "Nothing to show" in signed_in(asker).get(reverse("matrix"), secure=True).content.decode()


def test_every_page_of_the_directory_says_how_many_there_are_and_one_that_is_not_there_is_the_last(asker):
    everybody = [expert(f"Expert {n:02}", CAH) for n in range(23)]
    for asked, shown, of in [("1", (0, 20), 1), ("2", (20, 23), 2), ("9", (20, 23), 2), ("-4", (0, 20), 1)]:
        answer = signed_in(asker).post(reverse("experts"), {"condition": "CAH", "page": asked}, secure=True)
        assert [row for row, _record in answer.context["rows"]] == everybody[slice(*shown)]
        assert all(said in answer.content.decode() for said in ("23 experts", f"Page {of} of 2"))


@pytest.mark.parametrize("count", [1, 19])
def test_the_pages_cost_the_same_however_many_there_are(count, asker, django_assert_num_queries):
    people = [expert(f"Expert {n:02}", CAH, PHP, "MEN1") for n in range(count)]
    GroupFactory()
    client = signed_in(asker)
    client.post(reverse("experts"), {"condition": "adrenl hyperplasya"}, secure=True)
    with django_assert_num_queries(19):
        client.post(reverse("experts"), {"condition": "adrenl hyperplasya"}, secure=True)
    with django_assert_num_queries(16):
        client.get(reverse("expert", args=[people[0].pk]), secure=True)
    with django_assert_num_queries(14):
        client.get(reverse("matrix"), secure=True)
    client.post(reverse("condition_matrix"), secure=True)
    with django_assert_num_queries(16):
        client.post(reverse("condition_matrix"), secure=True)


def test_the_tree_of_conditions_shows_where_nobody_is_level_by_level(asker):
    """A person counts once in a branch, however many of its conditions are declared; what no branch holds is not lost."""
    network = NetworkFactory()
    both, elsewhere = expert("Both", CAH, ADRENAL), expert("Elsewhere", PHP)
    CentreFactory(country="IE")
    top = queries.branches(network)
    assert top.countries == ["FI", "IE"]
    assert [(node.name, node.inner, cells) for node, cells in top.rows] == [
        ("Rare adrenal disease", True, [1, 0]),
        ("Outside the tree", False, [1, 0]),
    ]
    down = queries.branches(network, under=ADRENAL)
    assert [(node.code, cells) for node, cells in down.rows] == [(CAH, [1, 0])]
    page = signed_in(asker).post(reverse("condition_matrix"), {"under": ADRENAL}, secure=True).content.decode()
    assert "Congenital adrenal hyperplasia" in page
    assert "nobody" in page
    User.objects.filter(pk__in=[both.pk, elsewhere.pk]).update(is_active=False)
    assert [cells for _node, cells in queries.branches(network).rows] == [[0, 0], [0, 0]]


def test_without_a_tree_the_declared_conditions_stand_for_themselves():
    ConceptEdge.objects.all().delete()
    expert("One", CAH)
    expert("Two", CAH, PHP)
    rows = queries.branches(NetworkFactory()).rows
    assert [(node.code, cells) for node, cells in rows] == [(CAH, [2]), (PHP, [1])]


def test_fields_of_a_network_that_the_hospital_is_not_in_are_kept_until_they_are_unticked():
    user = UserFactory()
    far = GroupFactory(network=NetworkFactory(code="BOND", name="ERN BOND"), number=3, name="Bone")
    user.groups_of_interest.add(far)
    client, here = signed_in(user), reverse("practice")
    ticked = client.get(reverse("expertise"), secure=True).context["practice"]
    assert far in ticked.fields["groups"].queryset
    client.post(here, {"care": "both", "groups": ticked.initial["groups"]}, secure=True)
    assert list(user.groups_of_interest.all()) == [far]
    client.post(here, {"care": "both", "groups": []}, secure=True)
    assert not user.groups_of_interest.exists()
    assert client.post(here, {"care": "both", "groups": [far.pk]}, secure=True).status_code == 422
