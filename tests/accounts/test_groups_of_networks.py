"""Groups that are offered to be chosen, where there is more than one network."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.clients import signed_in
from tests.factories import GroupFactory, NetworkFactory, UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def test_groups_of_several_networks_are_called_with_theirs():
    """Each network has a group 1; of one network alone its name would say nothing."""
    asker, own = UserFactory(), GroupFactory(number=1, name="Adrenal")

    def offered():
        form = signed_in(asker).get(reverse("experts"), secure=True).context["form"]
        return [label for _value, label in form.fields["group"].choices][1:]

    assert offered() == ["Group 1, Adrenal"]
    GroupFactory(network=NetworkFactory(code="BOND", name="ERN BOND"), number=1, name="Bone")
    assert offered() == ["ERN BOND · Group 1, Bone", f"{own.network.name} · Group 1, Adrenal"]
