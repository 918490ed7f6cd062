"""Broken and hostile files get a sentence a clinician understands; nothing else ever comes out of the reader."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panels.cases.importers import phenopacket
from panels.cases.importers.read_case import ImportRefused, ReadCase
from panels.cases.importers.strict_json import MAX_BYTES
from tests.cases.every_field import whole

SUBJECT = '"subject": {"sex": "MALE"}'
FEATURE = '{"type": {"id": "HP:0001250", "label": "Seizure"}}'


def refusal(data) -> str:
    with pytest.raises(ImportRefused) as caught:
        phenopacket.read(data if isinstance(data, bytes) else data.encode())
    return str(caught.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"\xff\xfe{\x00}\x00", "not readable text"),
        (b'{"id": "\xe9"}', "not readable text"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"\x89PNG\r\n", "PNG"),
        (b"<?xml version='1.0'?>", "XML"),
        (b"##fileformat=VCFv4.2", "VCF"),
        (b"MSH|^~\\&|", "HL7"),
        (b"id: one\nsubject:\n", "YAML"),
        (b"hello", "not valid JSON: something is wrong in line 1"),
        (b'{"subject": {"sex": "MALE"', "not valid JSON"),
        (b'{"a": 1,}', "not valid JSON"),
        (b"[]", "list of 0 entries"),
        (b'[{"id": 1}, {"id": 2}]', "list of 2 entries"),
        (b"7", "single value"),
        (b"null", "single value"),
        (b"{}", "holds nothing"),
        (b'{"colour": "red", "size": 3}', "it holds colour, size"),
        (b'{"metaData": {}}', "says nothing about a patient"),
        (b'{"subject": {"id": "x"}}', "says nothing about a patient"),
    ],
)
def test_what_is_no_phenopacket_is_refused(data, words):
    assert words in refusal(data)


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ({"resourceType": "Bundle", "entry": []}, "FHIR"),
        ({"proband": {}, "pedigree": {}}, "family"),
        ({"members": [], "metaData": {}}, "cohort"),
        ({"subject": {"ageAtCollection": {"age": "P1Y"}}}, "version 1"),
        ({"phenotypicFeatures": [{"type": {"id": "HP:1"}, "negated": True}]}, "version 1"),
        ({"subject": {}, "variants": []}, "version 1"),
        ({"subject": {}, "metaData": {"phenopacketSchemaVersion": "1.0.0-RC3"}}, "version 1"),
        ({"patient": {"features": []}}, "Matchmaker"),
        ({"phenopacket": {"id": "x"}}, "wrapped"),
        ({"subject": {"taxonomy": {"id": "NCBITaxon:10090", "label": "Mus musculus"}}}, "Mus musculus"),
    ],
)
def test_other_kinds_of_file_are_named(tree, words):
    assert words in refusal(json.dumps(tree))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"subject": {"sex": "MALE", "sex": "FEMALE"}}', "'sex' stands twice"),
        (
            f'{{{SUBJECT}, "measurements": [{{"assay": {{"id": "a"}}, "value": {{"quantity": {{"value": NaN}}}}}}]}}',
            "NaN",
        ),
        (f'{{{SUBJECT}, "x": -Infinity}}', "Infinity"),
        (f'{{{SUBJECT}, "x": {"9" * 5000}}}', "too long or too large"),
        (f'{{{SUBJECT}, "x": 1e999999999}}', "too long or too large"),
        (f'{{{SUBJECT}, "x": "\\u0000"}}', "control characters"),
        (f'{{{SUBJECT}, "x": "\\ud800"}}', "control characters"),
        (f'{{{SUBJECT}, "x": "\\u202egpj"}}', "control characters"),
        (f'{{{SUBJECT}, "\\u0007x": 1}}', "control characters"),
        (f'{{{SUBJECT}, "x": "{"a" * 20_001}"}}', "longer than 20,000"),
        (f'{{{SUBJECT}, "x": {"[" * 60}{"]" * 60}}}', "nested too deeply"),
        ("[" * 200_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        (f'{{{SUBJECT}, "x": [{"0," * 70_000}0]}}', "too many entries"),
        (
            f'{{{SUBJECT}, "phenotypicFeatures": [{",".join([FEATURE] * 2_001)}]}}',
            "phenotypicFeatures has more than 2,000",
        ),
        (" " * (MAX_BYTES + 1), "larger than 5 MB"),
    ],
)
def test_hostile_files_are_refused_at_once(text, words):
    started = time.monotonic()
    assert words in refusal(text)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"subject": []}, "subject should be a group of entries"),
        ({"subject": {"sex": []}}, "subject.sex should be one of the format's words"),
        ({"phenotypicFeatures": {}}, "phenotypicFeatures should be a list"),
        ({"phenotypicFeatures": ["HP:1"]}, "phenotypicFeatures[0] should be a group"),
        ({"phenotypicFeatures": [{}]}, "phenotypicFeatures[0].type has neither a code nor a name"),
        ({"phenotypicFeatures": [{"type": {"id": 7}}]}, "phenotypicFeatures[0].type.id should be a text, but is '7'"),
        ({"phenotypicFeatures": [{"type": {"id": "a"}, "excluded": "yes"}]}, "excluded should be true or false"),
        (
            {"measurements": [{"assay": {"id": "a"}, "value": {"quantity": {"value": "high"}}}]},
            "value should be a number",
        ),
        (
            {"measurements": [{"assay": {"id": "a"}, "value": {"quantity": {"value": "NaN"}}}]},
            "value should be a number",
        ),
        (
            {"measurements": [{"assay": {"id": "a"}, "value": {"quantity": {"value": True}}}]},
            "value should be a number",
        ),
        ({"diseases": [{"term": {}}]}, "diseases[0].term has neither"),
        ({"subject": {"vitalStatus": {"survivalTimeInDays": 1.5}}}, "whole number"),
    ],
)
def test_a_wrong_type_is_refused_with_its_place(part, words):
    assert words in refusal(json.dumps({"subject": {"sex": "MALE"}, **part}))


def test_a_byte_order_mark_is_no_obstacle():
    assert phenopacket.read(b'\xef\xbb\xbf{"subject": {"sex": "MALE"}}').sex == "male"


def test_thousands_of_unknown_entries_are_counted_and_not_all_listed():
    case = phenopacket.read(json.dumps({"subject": {"sex": "MALE"}, "x": list(range(5_000))}).encode())
    assert (len(case.left_out), case.left_out[-1].why) == (1_001, "and 4,000 more values that were left out")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=12), children, max_size=4),
    max_leaves=12,
)


def places(tree, path=()):
    yield path
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield from places(value, (*path, key))


def planted(tree, path, value):
    """The tree with ``value`` at ``path``."""
    if not path:
        return value
    copy = dict(tree) if isinstance(tree, dict) else list(tree)
    copy[path[0]] = planted(tree[path[0]], path[1:], value)
    return copy


WHOLE = [whole(turn) for turn in range(6)]
PLACES = [(tree, path) for tree in WHOLE for path in places(tree)]


def sentence(data: bytes) -> str:
    """Empty when the file was read, else the refusal. Any other exception fails the test."""
    try:
        assert isinstance(phenopacket.read(data), ReadCase)
    except ImportRefused as refused:
        return str(refused)
    return ""


def reads_or_refuses(data: bytes) -> None:
    started = time.monotonic()
    refused = sentence(data)
    assert refused == "" or 10 < len(refused) < 400
    assert time.monotonic() - started < 2


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PLACES), json_values)
def test_any_value_in_any_place_is_read_or_refused(place, value):
    reads_or_refuses(json.dumps(planted(*place, value)).encode())


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused(data):
    reads_or_refuses(data)


@settings(deadline=None, max_examples=200)
@given(st.integers(0, len(WHOLE) - 1), st.integers(min_value=0), st.binary(min_size=1, max_size=3))
def test_a_damaged_file_is_read_or_refused(number, position, junk):
    data = json.dumps(WHOLE[number]).encode()
    cut = position % len(data)
    reads_or_refuses(data[:cut] + junk + data[cut + len(junk) :])
