"""Checking against the schema when a rule is loaded."""

import pytest
from condition_samples import rule_scope

from rules.condition import DYN, ConditionError, Scope, asset_type, compile_condition, parse_type, record
from scanners.model import ATTRIBUTES, CORE


def error(source: str, *kinds: str) -> ConditionError:
    with pytest.raises(ConditionError) as caught:
        compile_condition(source, rule_scope(*kinds))
    return caught.value


@pytest.mark.parametrize(
    ("source", "name", "suggestion"),
    [
        ("asset.encripted == false", "encripted", "encrypted"),
        ("aset.encrypted == false", "aset", "asset"),
        ("policy.alowed_countries.size() == 0", "alowed_countries", "allowed_countries"),
        ('asset.custody == "custmer"', "custmer", "customer"),
        ('asset.custody in ["provider", "extrenal"]', "extrenal", "external"),
        ('rank(asset.custody) < rank("exernal")', "exernal", "external"),
        ('asset.loc.statsu == "eea"', "statsu", "status"),
        ('asset.loc.status == "eae"', "eae", "eea"),
        ('targets(asset, "reads").exists(t, t.custodyy == "none")', "custodyy", "custody"),
        ("day(asset.created_at) > 3", "day", "days"),
        ("asset.name.startwith('x')", "startwith", "startsWith"),
        ("policy.ropa.exists(x, x.ids == 'a')", "ids", "id"),
    ],
)
def test_a_typing_error_is_told_with_what_was_meant(source: str, name: str, suggestion: str) -> None:
    found = error(source)
    assert (found.name, found.suggestion) == (name, suggestion)
    assert f'Did you mean "{suggestion}"?' in str(found)
    assert source[found.column - 1 :].lstrip("\"'").startswith(name) or source[found.column - 1 :].startswith("asset.")


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ("asset.name == 5", "str is compared with int"),
        ("asset.encrypted == 'false'", "bool is compared with str"),
        ("asset.encrypted == 0", "bool is compared with int"),
        ("5 in policy.allowed_countries", "compared with str"),
        ("asset.name in [1, 2]", "compared with int"),
        ("asset.loc == asset.backup_loc", "can be compared with null only"),
        ("asset == asset", "can be compared with null only"),
        ("asset.custody == asset.public_access && asset.dc == asset.custody", "no word in common"),
        ("asset.custody < 'customer'", "words have no order"),
        ("asset.encrypted < true", "no order"),
        ("asset.expire_days < null", "nothing is less or greater than null"),
        ("asset.expire_days + 1.5 > 2.0", "do not mix"),
        ("asset.created_at == 'last year'", "YYYY-MM-DD"),
        ("asset.created_at < '2026-02-30'", "YYYY-MM-DD"),
        ("asset.created_at + 1 > now", "days(date)"),
        ("asset.name", "must give true or false"),
        ("!asset.name", "true or false"),
        ("asset.expire_days && true", "takes true or false"),
        ("asset.encrypted ? 1 : 'a'", "differ"),
        ("asset.encrypted.exists(x, x)", "works on a list"),
        ("asset.tags == 'x'", "map[str] is compared with str"),
        ("asset['name'] == 'x'", "read with a dot"),
        ("asset.name.foo == 'x'", "has no field"),
        ("asset.expire_days.startsWith('x')", "works on a text"),
        ("asset.name.startsWith(1)", "takes a text"),
        ("asset.name.startsWith('a', 'b')", "takes 1 argument, not 2"),
        ("asset.name.matches(asset.name)", "must stand in the rule"),
        ("asset.name.matches('(')", 'lacks a ")"'),
        ("pd()", "takes 1 argument, not 0"),
        ("pd(policy)", "argument 1 of pd is policy"),
        ("rank(asset.name) == 1 && rank(1) == 1", "argument 1 of rank is int"),
        ("days('x') > 1", "argument 1 of days is str"),
        ("asset.pd()", "is called as pd(…)"),
        ("has(asset.encrypted)", "absent means not read"),
        ("'a' in asset.name", "text.contains(part)"),
        ("1 in 5", "looks into lists"),
        ("size(asset.encrypted) == 1", "has no size"),
        ("policy.ropa.exists(now, true)", "is taken"),
        ("policy.ropa.exists(x, policy.ropa.exists(x, true))", "is taken"),
        ("int(asset.encrypted) == 1", "cannot convert bool"),
        ("-asset.name == 'x'", "works on numbers"),
        ("{1: 2}.size() == 1", "keys of a map"),
    ],
)
def test_what_can_never_work_is_refused(source: str, part: str) -> None:
    assert part in str(error(source, "database.instance"))


def test_an_attribute_must_belong_to_every_kind_of_the_subject() -> None:
    found = error("asset.discovery_hits > 0", "storage.bucket", "storage.volume")
    assert '"discovery_hits" on storage.volume (it exists on storage.bucket)' in found.message
    assert 'asset.kind == "storage.bucket" &&' in found.message
    other = error("asset.open_ports.size() > 0", "storage.bucket")
    assert "it exists on compute.cluster, compute.instance, compute.nodegroup" in other.message


@pytest.mark.parametrize(
    "source",
    [
        'asset.kind == "storage.bucket" && asset.discovery_hits > 0',
        'asset.encrypted == false || (asset.kind == "storage.bucket" && asset.discovery_hits > 0)',
        'asset.kind != "storage.bucket" || asset.discovery_hits > 0',
        '!(asset.kind == "storage.bucket") || asset.discovery_hits > 0',
        'asset.kind == "storage.bucket" ? asset.discovery_hits > 0 : asset.attached == false',
        'asset.kind in ["storage.bucket"] && asset.discovery_hits > 0',
        'asset.encrypted == true && asset.kind == "storage.bucket" && asset.versioning && asset.discovery_hits > 0',
        'asset.kind == "storage.bucket" && policy.allowed_countries.exists(c, c == "DE" && asset.discovery_hits > 0)',
    ],
)
def test_a_guard_narrows_the_kinds(source: str) -> None:
    compile_condition(source, rule_scope("storage.bucket", "storage.volume"))


@pytest.mark.parametrize(
    "source",
    [
        'asset.discovery_hits > 0 && asset.kind == "storage.bucket"',
        'asset.kind == "storage.bucket" || asset.discovery_hits > 0',
        'asset.kind != "storage.bucket" && asset.discovery_hits > 0',
        '(asset.kind == "storage.bucket" || asset.encrypted) && asset.discovery_hits > 0',
        'asset.kind == "storage.bucket" ? asset.attached : true',
        'asset.kind in ["storage.bucket", "storage.volume"] && asset.discovery_hits > 0',
    ],
)
def test_what_is_no_guard_does_not(source: str) -> None:
    assert "discovery_hits" in str(error(source, "storage.bucket", "storage.volume")) or "attached" in source


def test_a_kind_that_the_subject_cannot_be_is_refused() -> None:
    assert "not one of the words" in str(error('asset.kind == "key"', "storage.bucket"))


def test_an_attribute_of_several_kinds_keeps_its_record_type() -> None:
    found = error("asset.linked_stores.exists(s, s.vendor == 'x')", "training.notebook", "ai.account")
    assert found.name == "vendor"


def test_every_attribute_of_the_schema_has_a_type() -> None:
    for attribute in (CORE | ATTRIBUTES).values():
        for kind in attribute.kinds:
            scope = Scope({"asset": asset_type([kind])})
            compile_condition(f"asset.{attribute.name} == null", scope)


@pytest.mark.parametrize("text", ["", "strr", "list[", "list[int", "{a int}", "{a: int", "int]", "a|", "map[int"])
def test_a_text_that_is_no_type_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no type"):
        parse_type(text)


def test_types_are_read() -> None:
    assert parse_type("list[{uid: str, loc: place, ok: red|green}]").name == "list[record]"
    assert parse_type("map[list[int]]").name == "map[list[int]]"
    assert parse_type("none|cpu").name == "none | cpu"
    mine = record("mine", {"x": "int"})
    assert parse_type("list[mine]", {"mine": mine}).name == "list[mine]"


def test_what_a_condition_reads_and_calls_is_told() -> None:
    source = (
        "pd(asset) && rank(asset.custody) < rank(policy.required_custody[asset.dc]) && asset.loc.countries.exists(c, "
        '!(c in policy.allowed_countries)) && targets(asset, "reads").exists(t, t.loc.status == "eea")'
        " && asset.created_at < now"
    )
    condition = compile_condition(source, rule_scope())
    assert condition.functions == ("pd", "rank", "targets")
    assert condition.reads == (
        "asset.dc",
        "asset.custody",
        "policy.required_custody[asset.dc]",
        "asset.loc.countries",
        "policy.allowed_countries",
        'targets(asset, "reads")[].loc.status',
        "asset.created_at",
        "now",
    )


def test_an_unchecked_variable_takes_anything() -> None:
    compile_condition("a.b.c[0].d == 1 && a.x > 'y' && a.z.exists(q, q.r in a.w)", Scope({"a": DYN}))
