"""The first pass over assets is given every attribute that it looks at."""

import ast
import inspect

from rules import reading
from rules.outlines import READ, outline
from scanners.model import ATTRIBUTES, Asset, Location


def test_attributes_that_the_first_pass_names_are_in_outlines():
    named = {
        node.value
        for node in ast.walk(ast.parse(inspect.getsource(reading)))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in ATTRIBUTES
    }
    assert {"custody", "ended_at", "processing_scope", "routing_regions"} <= named
    assert named <= READ


def test_an_outline_has_no_other_attributes():
    given = {name: name for name in ATTRIBUTES}
    asset = Asset("uid", "aws", "1", "key", "native", "name", Location.unknown(), given)
    assert set(outline(asset).attributes) == READ & set(ATTRIBUTES)
