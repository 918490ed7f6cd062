"""A phenopacket in which every field of the published schema is filled with a value that occurs only once."""

from __future__ import annotations

import itertools

from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor
from phenopackets import Phenopacket

DEEPEST = 14


def whole(turn: int) -> dict:
    """``turn`` picks the alternative wherever the schema allows only one of several."""
    message = Phenopacket()
    numbers = itertools.count(10)
    fill(message, turn, numbers, ())
    return json_format.MessageToDict(message)


def fill(message, turn, numbers, path):
    for field in message.DESCRIPTOR.fields:
        names = [f.name for f in field.containing_oneof.fields] if field.containing_oneof else [field.name]
        if names[turn % len(names)] == field.name and len(path) < DEEPEST and not recursive(field, path):
            put(message, field, turn, numbers, (*path, field.name))


def recursive(field, path):
    return field.name in path and field.name not in ("quantity", "description")


def put(message, field, turn, numbers, path):
    if field.message_type and field.message_type.name == "Timestamp":
        target = getattr(message, field.name)
        target = target.add() if field.is_repeated else target
        target.FromJsonString(f"20{next(numbers) % 20:02d}-03-04T05:06:07Z")
    elif field.message_type and field.message_type.GetOptions().map_entry:
        getattr(message, field.name)["format"] = f"word{next(numbers)}"
    elif field.message_type:
        target = getattr(message, field.name)
        fill(target.add() if field.is_repeated else target, turn, numbers, path)
        if field.name == "taxonomy":
            target.id = "NCBITaxon:9606"
    else:
        value = scalar(field, next(numbers))
        if field.is_repeated:
            getattr(message, field.name).append(value)
        else:
            setattr(message, field.name, value)


def scalar(field, number):
    if field.name == "iso8601duration":
        return f"P{number % 90 + 1}Y"
    if field.enum_type:
        return field.enum_type.values[-1].number
    if field.type == FieldDescriptor.TYPE_BOOL:
        return True
    if field.type in (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES):
        text = f"word{number}"
        return text.encode() if field.type == FieldDescriptor.TYPE_BYTES else text
    return number + 1000


def leaves(tree, path=()):
    """Every value with its path."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, (*path, key))
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from leaves(value, (*path, index))
    else:
        yield path, tree
