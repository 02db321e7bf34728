"""Documents with members of every wrong type: a normaliser never raises, and what it cannot read stays absent."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanners.documents import DocumentType, Origin, observe
from scanners.gcp import document_types as gcp_types
from scanners.kubernetes import document_types as kubernetes_types
from scanners.model import Asset, Relation, problems

ORIGIN = Origin("test", "made", "test")
WORDS = (
    *(
        "",
        "x",
        "3",
        "2592000s",
        "europe-west4",
        "EU",
        "global",
        "projects/p/locations/eu/keyRings/r/cryptoKeys/k",
        "gs://b/o",
    ),
    *("2026-01-02T03:04:05Z", "9999-99-99T00:00:00Z", "ENABLED", "//compute.googleapis.com/projects/p/zones/z/disks/d"),
    *("\U0001f600", "a" * 3000, "0x0x0", "-1", "1" * 40, "https://www.googleapis.com/compute/v1/projects/p/global/x"),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    st.sampled_from(WORDS),
    st.text(max_size=8),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "type", "key", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def built(draw: Any, kind: DocumentType) -> dict[str, Any]:
    """A document with some of the type's members, each of any type, most of the way to it well formed."""
    document: dict[str, Any] = {}
    chosen = draw(st.lists(st.sampled_from(kind.members), max_size=12))
    for member in chosen:
        at: Any = document
        steps = re.sub(r"^(?:uris|arguments):", "", member).replace("[]", ".[]").replace("{}", ".{}").split(".")
        for step, following in zip(steps, [*steps[1:], None], strict=True):
            if following is None:
                new: Any = draw(VALUES)
            else:
                new = [] if following == "[]" else {}
            if step == "[]":
                if not isinstance(at, list):
                    break
                if not at or following is None:
                    at.append(new)
                at = at[-1]
            elif isinstance(at, dict):
                at = at.setdefault("any" if step == "{}" else step, new)
            else:
                break
    return document


@st.composite
def google(draw: Any) -> tuple[DocumentType, dict[str, Any]]:
    kind = draw(st.sampled_from(sorted(gcp_types().values(), key=lambda k: k.native_type)))
    document = built(draw, kind)
    if draw(st.integers(0, 9)):
        document["name"] = f"//{kind.native_type.split('/')[0]}/projects/p/locations/l/x/y"
    else:
        document["name"] = draw(st.sampled_from(WORDS))
    document.setdefault("assetType", kind.native_type)
    return kind, document


@st.composite
def kubernetes(draw: Any) -> tuple[DocumentType, dict[str, Any]]:
    kind = draw(st.sampled_from(sorted(kubernetes_types().values(), key=lambda k: k.native_type)))
    document = built(draw, kind)
    if draw(st.integers(0, 9)):
        document["kind"] = kind.native_type.rpartition("/")[2]
        document["metadata"] = {"name": "n", "namespace": draw(SCALARS), "labels": draw(VALUES)}
    return kind, document


def check(kind: DocumentType, document: dict[str, Any]) -> None:
    for item in observe(document, kind, ORIGIN):
        if isinstance(item, Asset):
            assert item.kind in kind.kinds
            assert problems(item.kind, item.attributes) == []
            assert item.uid
            assert item.account
        elif isinstance(item, Relation):
            assert isinstance(item.source, str)
            assert isinstance(item.target, str)
            assert item.target


@settings(max_examples=400, derandomize=True, deadline=None)
@given(google())
def test_mangled_google_documents(made: tuple[DocumentType, dict[str, Any]]) -> None:
    check(*made)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(kubernetes())
def test_mangled_kubernetes_objects(made: tuple[DocumentType, dict[str, Any]]) -> None:
    check(*made)


@pytest.mark.parametrize("native", sorted(gcp_types()))
@pytest.mark.parametrize("data", [None, {}, [], "x", 3])
def test_a_google_document_without_a_body_claims_nothing_that_only_a_body_shows(native: str, data: Any) -> None:
    kind = gcp_types()[native]
    name = f"//{native.split('/')[0]}/projects/p/locations/europe-west4/things/t"
    document = {"name": name, "assetType": native} | ({} if data is None else {"data": data})
    for item in observe(document, kind, ORIGIN):
        if isinstance(item, Asset):
            assert problems(item.kind, item.attributes) == []
            for claim in ("public_access", "versioning", "expire_days", "attached", "vpc", "gpu_count", "https_only"):
                if data != {}:
                    assert claim not in item.attributes
            if data != {}:
                assert "custody" not in item.attributes
