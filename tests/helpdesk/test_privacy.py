"""Each column has a privacy class, and words about a patient are sealed."""

from collections import Counter

from cpms.vault.fields import SealedTextField
from helpdesk.privacy import Privacy, fields, needs_no_place, placed


def test_every_column_is_placed_once():
    every, named = dict(fields()), [name for name, _privacy in placed()]
    assert [name for name, times in Counter(named).items() if times > 1] == []
    assert [name for name in named if name not in every] == []
    assert [name for name, field in every.items() if name not in named and not needs_no_place(field)] == []


def test_words_about_a_patient_are_sealed_and_nothing_sealed_is_called_harmless():
    every, classes = dict(fields()), dict(placed())
    sealed = {name for name, field in every.items() if isinstance(field, SealedTextField)}
    assert {name for name, privacy in classes.items() if privacy is Privacy.CLINICAL} == {
        name for name in sealed if classes[name] is not Privacy.KEY
    }
    assert {classes[name] for name in sealed} == {Privacy.CLINICAL, Privacy.KEY}
