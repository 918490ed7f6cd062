"""Entry points load and answer: what they read starts at what the person may see, and what they write is an action."""

from __future__ import annotations

import ast

import pytest

from tests.test_conventions import TEXT, entry_points, named

# Read without a person: the same for everybody, or on the staff site whose pages ask for themselves
FOR_EVERYBODY = {"Network", "ConsentForm", "OutboxMessage"}
SEEING = {"visible_to", "to_start"}
WRITING = {"create", "update", "delete", "get_or_create", "update_or_create", "bulk_create", "bulk_update"}


def reads(tree: ast.AST):
    """Each ``Model.objects…`` of a module with the whole chain of calls behind it."""
    inner, chains = set(), []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call | ast.Attribute) and node not in inner:
            chain, here = [], node
            while isinstance(here, ast.Call | ast.Attribute):
                inner.add(here)
                chain.append(here)
                here = here.func if isinstance(here, ast.Call) else here.value
            if isinstance(here, ast.Name) and any(isinstance(n, ast.Attribute) and n.attr == "objects" for n in chain):
                chains.append((here.id, chain))
    return chains


def given(function: ast.FunctionDef) -> set[str]:
    """What a function was handed: the request, and what ``@access`` loaded for the person."""
    arguments = function.args
    return {one.arg for one in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]} | {"user"}


def root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def attributes(chain) -> set[str]:
    return {node.attr for node in chain if isinstance(node, ast.Attribute)}


def starts_right(chain, names) -> bool:
    """The chain asks what the person may see, or keeps to a thing that was loaded for the person."""
    values = [word.value for node in chain if isinstance(node, ast.Call) for word in node.keywords]
    return bool(attributes(chain) & SEEING) or any(root(value) in names for value in values)


@pytest.mark.parametrize("file", entry_points(), ids=named)
def test_entry_points_read_what_the_person_may_see(file):
    bad = []
    for function in (node for node in ast.walk(ast.parse(TEXT[file])) if isinstance(node, ast.FunctionDef)):
        for model, chain in reads(function):
            allowed = model in FOR_EVERYBODY or starts_right(chain, given(function))
            if not allowed or attributes(chain) & WRITING:
                bad.append(f"{function.name}: {model}")
    assert bad == []


def test_the_rule_sees_a_list_of_everything():
    tree = ast.parse("def page(request):\n    x = Panel.objects.filter(state='open').order_by('ref')")
    ((model, chain),) = reads(tree)
    assert (model, starts_right(chain, {"request", "user"})) == ("Panel", False)
