"""What other allowed countries can matter for is read off checks: too much is slow, too little would be wrong."""

from dataclasses import replace

import pytest
from estates import AS_OF, TAGS, asset, read, rel, rule

from rules.catalogue import Catalogue
from rules.estate import MemoryEstate
from rules.flips import OWN, Asking, Flips, asked_about, falls
from rules.flows import paths
from rules.policy import Policy
from rules.program import compile_rule
from rules.related import Records
from rules.rule import Source
from rules.world import World

KEYS = ("targets", "encrypted_by")
COPIED = ("sources", "backs_up_to")


@pytest.mark.parametrize(
    ("condition", "graver", "wanted"),
    [
        ("pd(asset) && outside(asset.loc)", None, {OWN}),
        ("outside(location)", None, {OWN}),
        ("asset.loc.countries.exists(c, !(c in policy.allowed_countries))", None, {OWN}),
        ('targets(asset, "encrypted_by").exists(k, outside(k.loc))', None, {KEYS}),
        ('sources(asset, "backs_up_to").exists(s, pd(s)) && outside(asset.loc)', None, {OWN}),
        ('sources(asset, "backs_up_to").exists(s, pd(s) && outside(asset.loc))', None, {OWN}),
        (
            'targets(asset, "encrypted_by").exists(k, k.loc.countries.exists(c, !(c in policy.allowed_countries)))',
            None,
            {KEYS},
        ),
        # What is not plain counts as everything that the check looks at.
        ('targets(asset, "encrypted_by").exists(k, size(policy.allowed_countries) > 1)', None, {OWN, KEYS}),
        ('targets(asset, "encrypted_by").filter(k, pd(k)).exists(k, outside(k.loc))', None, {OWN, KEYS}),
        (
            'sources(asset, "backs_up_to").exists(s, pd(s))',
            'targets(asset, "encrypted_by").exists(k, outside(k.loc))',
            {KEYS},
        ),
        (
            'sources(asset, "backs_up_to").exists(s, outside(s.loc))',
            'targets(asset, "encrypted_by").exists(k, outside(k.loc))',
            {KEYS, COPIED},
        ),
    ],
)
def test_what_a_check_asks_for_allowed_countries_about(condition, graver, wanted):
    made = rule("SIT-T-1", condition)
    check = replace(made.checks[0], severity_when=((Source(graver), "critical"),) if graver else ())
    (compiled,) = compile_rule(replace(made, checks=(check,)), None)
    assert asked_about(compiled) == wanted


def flips(rules, allowed=("EEA", "US"), told=(("SIT-T-1", True),)):
    assets = [
        asset("here", data="personal"),
        asset("there", region="us-east-1", data="personal"),
        asset("public", region="us-east-1", data="public"),
        asset("far", region="ap-northeast-1", data="personal"),
        asset("key", "key", region="us-east-1"),
        asset("account", "account", region="us-east-1"),
    ]
    relations = [
        rel("here", "encrypted_by", "key"),
        *(rel(source, "replicates_to", target) for source in ("here", "public") for target in ("there", "far")),
    ]
    estate, catalogue = MemoryEstate(assets, relations, read()), Catalogue.load()
    base, world = (
        World(estate, Policy.parse(f"allowed_countries = {list(a)}\n{TAGS}", catalogue, AS_OF), catalogue, AS_OF)
        for a in (("EEA",), allowed)
    )
    return world, Flips(base, world, Asking(rules), lambda nodes, _: {node: dict(told) for node in nodes})


def assets_of(made, walkers=None, **options):
    world, found = flips([made, *options.pop("others", ())], **options)
    nodes = {walk: [world.estate.node(uid) for uid in uids] for walk, uids in (walkers or {}).items()}
    nodes[OWN] = range(world.estate.size)

    def there(walk):
        kinds = {world.kinds[node] for node in nodes.get(walk, ())}
        return {kind: [node for node in nodes[walk] if world.kinds[node] == kind] for kind in kinds}

    return {world.estate.uid(node) for node in found.assets([made], there)}


@pytest.mark.parametrize(
    ("condition", "where", "wanted"),
    [
        ("pd(asset) && outside(asset.loc)", None, {"there"}),
        ("outside(asset.loc)", None, {"there", "public"}),
        ("outside(asset.loc) || pd(asset)", None, {"public"}),  # of the other it is true either way
        ("pd(asset)", "outside(asset.loc)", {"there", "public"}),
        ("outside(asset.loc)", "pd(asset)", {"there"}),
        # Of a value that only the document tells, all whose class leaves it open.
        ("pd(asset) && !(asset.secondary_loc.country in policy.allowed_countries)", None, {"here", "there", "far"}),
        ("third(asset.loc) && pd(asset)", None, set()),
    ],
)
def test_assets_of_which_something_else_may_be_said(condition, where, wanted):
    assert assets_of(rule("SIT-T-1", condition, where=where)) == wanted


def test_a_check_that_asks_about_keys_only_looks_at_what_keys_change_for():
    walking = rule("SIT-T-1", 'pd(asset) && targets(asset, "encrypted_by").exists(k, outside(k.loc))')
    assert assets_of(walking, {KEYS: ["here", "public"]}) == {"here"}
    assert assets_of(walking, {COPIED: ["here"]}) == set()


def test_accounts_are_not_told_apart_by_the_class_of_what_lies_in_them():
    assert assets_of(rule("SIT-T-1", "pd(asset) && outside(asset.loc)", names=["account"])) == {"account"}


def test_what_said_nothing_says_nothing_where_more_countries_are_allowed():
    plain = rule("SIT-T-1", "pd(asset) && outside(asset.loc)")
    assert assets_of(plain, told=[("SIT-T-2", True)]) == set()
    assert assets_of(plain, told=[("SIT-T-1", False)]) == {"there"}
    assert assets_of(plain, told=[], allowed=("US",)) == {"here", "there"}  # fewer, too: it may say more
    upward = rule("SIT-T-1", "pd(asset) && !outside(asset.loc)")
    assert assets_of(upward, told=[]) == {"there"}
    over = rule("SIT-T-2", "pd(asset)", replaces=("SIT-T-1",), severity="low")
    assert assets_of(plain, told=[], others=[over]) == {"there"}  # it may have failed under another


def test_what_a_graver_failure_stands_for_before_and_after_matters_not():
    plain = rule("SIT-T-1", "pd(asset) && outside(asset.loc)", replaces=("SIT-T-3",))
    over = rule("SIT-T-2", "pd(asset)", replaces=("SIT-T-1", "SIT-T-3"), severity="high")
    assert assets_of(plain, others=[over], told=[("SIT-T-2", True)]) == set()
    assert assets_of(plain, others=[over], told=[("SIT-T-2", False)]) == {"there"}
    for other in (
        replace(over, replaces=("SIT-T-1",)),  # what it stands for comes to light
        replace(over, severity="medium"),  # it takes the severity of what it stands for
        replace(over, raise_for_special=True),
        rule("SIT-T-2", "pd(asset) && outside(asset.loc)", replaces=over.replaces),  # it may fail no more
        rule("SIT-T-2", "pd(flow)", names=["log"], subject="flow", replaces=over.replaces),
    ):
        assert assets_of(plain, others=[other], told=[("SIT-T-2", True)]) == {"there"}


@pytest.mark.parametrize(
    ("condition", "where", "wanted"),
    [
        ("outside(asset.loc) && pd(asset)", None, True),
        ("outside(asset.loc) || third(asset.loc)", None, True),
        ("asset.loc.countries.exists(c, !(c in policy.allowed_countries))", None, True),
        ("!asset.loc.countries.all(c, c in policy.allowed_countries)", None, True),
        ("pd(asset)", "outside(asset.loc)", True),
        ("asset.loc.countries.exists(c, c in policy.allowed_countries)", None, False),
        ("outside(asset.loc) == false", None, False),
        ("outside(asset.loc) ? pd(asset) : true", None, False),
        ("outside(asset.loc)", "!outside(asset.loc)", False),
        ("size(policy.allowed_countries) > 3", None, False),
    ],
)
def test_which_checks_say_less_the_more_countries_are_allowed(condition, where, wanted):
    (compiled,) = compile_rule(rule("SIT-T-1", condition, where=where), None)
    assert falls(compiled) is wanted


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("outside(flow.dst_loc)", {("here", "there"), ("public", "there")}),
        ("pd(flow) && outside(flow.dst_loc)", {("here", "there")}),
        ("pd(flow) && (third(flow.dst_loc) || outside(flow.dst_loc))", set()),
        ("pd(flow) && (flow.enabled || outside(flow.dst_loc))", {("here", "there"), ("here", "far")}),
        ("pd(flow) && third(flow.dst_loc)", set()),
    ],
)
def test_flows_of_which_something_else_may_be_said(condition, wanted):
    made = rule("SIT-T-1", condition, names=["replication"], subject="flow")
    world, found = flips([made])
    every = paths(world, Records(world), range(world.estate.size), lambda source, target: True)
    told = [path for batch in every for path in batch if found.flow(path)]
    assert {(world.estate.uid(path.source), world.estate.uid(path.target)) for path in told} == wanted
