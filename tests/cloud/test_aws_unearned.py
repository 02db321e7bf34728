"""An AWS account in which all is well, of which less and less is read: nothing passes that evidence did not earn.

What is taken away: each attribute of each asset, tags and place, and each permission by itself.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from aws_proof import ALWAYS, Bench, parts_of, scanned
from aws_rule_estates import passing, policy_of
from aws_things import HOME, SECOND
from clones import Clones, Parts, Said, Variant, unearned, without

from rules.rulefile import load_rules
from scanners.aws.live.registry import operations
from scanners.live.limits import Limits
from scanners.model import ATTRIBUTES, UNREAD, Asset, Location, LocationKind

NAMES = {
    "123456789012": "5000000{n}",
    "111122220000": "6000000{n}",
    "o-abcdefghij": "o-{n}abcde",
    "r-abcd": "r-{n}",
    "arn:aws:s3:::": "arn:aws:s3:::c{n}-",
}
_MARKS = re.compile(r"[56]000000(\d{5})|:::c(\d{5})-|\bo-(\d{5})abcde|\br-(\d{5})")


def _marker(text: str) -> int:
    found = _MARKS.search(text)
    return 0 if found is None else int(next(group for group in found.groups() if group))


CLONES = Clones(NAMES, _marker, policy_of)

NOWHERE = {
    "SIT-RES-004": "Public data may lie anywhere: that they lie in no known place makes the rule ask, and it passes.",
    "SIT-XFER-001": "A call from an unknown place to one in the EEA is no transfer.",
    "SIT-XFER-014": "A call from an unknown place to one in the EEA is no transfer.",
}
"""Rules that do not ask about something whose place is known, and pass it where its place is not."""


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """The passing estate as the scan gives it."""
    with scanned(passing(), tmp_path_factory.mktemp("scan"), HOME, SECOND) as (store, scan):
        return parts_of(store, scan)


@pytest.fixture(scope="module")
def whole(parts: Parts) -> tuple[Said, Said]:
    """What passes and fails with everything read."""
    (found,) = CLONES.judged([parts])
    assert len(found[0]) > 400
    assert found[1] == set()
    return found


def _taken(asset: Asset) -> list[str]:
    return [name for name in asset.attributes if name in ATTRIBUTES and name != "relations_read"]


def _lacking(asset: Asset, name: str) -> dict[str, Any]:
    return {n: v for n, v in asset.attributes.items() if n != name}


def test_no_attribute_tag_or_place_taken_away_gives_a_pass(parts: Parts, whole: tuple[Said, Said]) -> None:
    variants = [
        variant
        for number, asset in enumerate(parts.assets)
        for variant in (
            *(
                Variant(f"{asset.uid} without {name}", without(parts, number, attributes=_lacking(asset, name)))
                for name in _taken(asset)
            ),
            Variant(f"{asset.uid} without tags", without(parts, number, tags=UNREAD)),
        )
    ]
    assert len(variants) > 350
    assert unearned(whole, variants, CLONES.judged([v.parts for v in variants])) == []
    nowhere = [
        Variant(f"{asset.uid} nowhere", without(parts, number, location=Location.unknown()))
        for number, asset in enumerate(parts.assets)
    ]
    lines = unearned(whole, nowhere, CLONES.judged([v.parts for v in nowhere]))
    assert [line for line in lines if not any(f" {rule} passes" in line for rule in NOWHERE)] == []


@cache
def seen_values() -> dict[str, list[Any]]:
    """Every value that a case of a rule gives to an attribute."""
    found: dict[str, list[Any]] = {}
    for rule in load_rules():
        for case in rule.cases:
            for asset in case.assets:
                for name, value in asset.attributes.items():
                    if value not in found.setdefault(name, []):
                        found[name].append(value)
    return found


def others(name: str, value: Any) -> Iterator[Any]:
    """What else an attribute may well be."""
    type_ = ATTRIBUTES[name].type
    if "|" in type_ and not type_.startswith(("list[", "{")):
        yield from (word for word in type_.split("|") if word != value)
        return
    plain: dict[str, list[Any]] = {"bool": [True, False], "int": [0, 100_000, None], "date": ["2020-01-01T00:00:00Z"]}
    tried = [value]
    for other in (*plain.get(type_, [[], None] if type_.startswith("list[") else [None]), *seen_values().get(name, [])):
        if other not in tried and len(tried) < 6:
            tried.append(other)
            yield other


KEPT = {
    ("SIT-GOV-006", "id"): "The id of an account asset is that of its account, which every asset has.",
}
"""Rules on which an attribute bears that is told by something else as well."""


def test_what_passes_without_an_attribute_fails_for_no_value_of_it(parts: Parts, whole: tuple[Said, Said]) -> None:
    """For one asset of each native type, and each of its attributes: where a rule fails about a subject with another
    value, it does not pass about it while the value was not read."""
    chosen: dict[tuple[str, str], int] = {}
    for number, asset in enumerate(parts.assets):
        for name in _taken(asset):
            chosen.setdefault((asset.native_type, name), number)
    lacking: list[Variant] = []
    changed: list[tuple[int, Any, Parts]] = []
    for (_, name), number in chosen.items():
        asset = parts.assets[number]
        bare = _lacking(asset, name)
        changed += [
            (len(lacking), value, without(parts, number, attributes={**bare, name: value}))
            for value in others(name, asset.attributes[name])
        ]
        lacking.append(Variant(f"{asset.uid} without {name}", without(parts, number, attributes=bare)))
    less = CLONES.judged([v.parts for v in lacking])
    said = CLONES.judged([p for _, _, p in changed])
    names = [name for _, name in chosen]
    lines = [
        f"{lacking[at].change}: {rule} passes about {subject}, and fails with {value!r}"
        for (at, value, _), (_, fails) in zip(changed, said, strict=True)
        for rule, subject in sorted(fails & less[at][0])
        if (rule, names[at]) not in KEPT
    ]
    assert sum(bool(fails) for _, fails in said) > 50
    assert lines == []


def test_no_denied_permission_gives_a_pass(parts: Parts) -> None:
    account = Asset(
        uid="arn:aws:iam::123456789012:root",
        provider="aws",
        account="123456789012",
        kind="account",
        native_type="AWS::Organizations::Account",
        name="research",
        location=Location(LocationKind.GLOBAL),
        attributes={"id": "123456789012"},
        partition="aws",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Limits, "pause", lambda *_: 0.0)
        bench = Bench(passing(), HOME, SECOND)
        complete = bench.parts(account)
        assert {a.uid for a in complete.assets} == {a.uid for a in parts.assets}
        refused = sorted({o.key for o in operations()} - ALWAYS)
        variants = [Variant(f"{key} denied", bench.parts(account, key)) for key in refused]
    (all_said,) = CLONES.judged([complete])
    assert len(all_said[0]) > 400
    said = CLONES.judged([v.parts for v in variants])
    assert unearned(all_said, variants, said) == []
    assert sum(len(all_said[0] - given) > 0 for given, _ in said) > 60
