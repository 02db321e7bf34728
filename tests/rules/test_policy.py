"""The policy file: what it gives, and messages that name file, line, key and what would be right."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources import ROOT
from rules.catalogue import Catalogue
from rules.condition.types import parse_type
from rules.policy import DECISIONS, SETTINGS, THRESHOLDS, UNSET, VARIABLES, Policy, PolicyError

CATALOGUE = Catalogue.load()
NOW = date(2026, 11, 22)
EXAMPLE = ROOT / "policy_example.toml"


def parse(text: str | bytes) -> Policy:
    return Policy.parse(text, CATALOGUE, NOW, "policy.toml")


def wrong(text: str | bytes) -> str:
    with pytest.raises(PolicyError) as caught:
        parse(text)
    assert caught.value.problems
    assert all(p.startswith("policy.toml") for p in caught.value.problems)
    return str(caught.value)


def test_the_example_is_valid_and_takes_every_decision() -> None:
    policy = Policy.load(EXAMPLE, CATALOGUE, NOW)
    assert policy.missing_decisions == {}
    assert policy.organisation == "Example Imaging SE"
    assert policy.allowed_countries == CATALOGUE.countries("EEA", NOW) | {"CH"}
    assert policy.transfer_register is not UNSET
    entry = policy.transfer_register[0]
    assert (entry.tool, entry.expires, entry.tia_date) == ("scc", date(2028, 3, 31), date(2026, 3, 1))
    assert entry.dpf_certified_until is None
    assert policy.required_custody == {"special_category": "customer_hsm", "personal": "customer"}
    assert len(policy.digest) == 64


def test_the_example_shows_every_setting_and_the_true_defaults() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    for name in SETTINGS:
        assert name in text, name
    commented = [
        line[2:] for line in text.splitlines() if line.startswith("# ") and line[2:].split(" = ")[0] in SETTINGS
    ]
    policy = parse("\n".join(commented))
    none = Policy.none()
    assert len(policy.given) >= 18
    for name in policy.given:
        assert getattr(policy, name) == getattr(none, name), name
    assert Policy.load(EXAMPLE, CATALOGUE, NOW).log_retention == none.log_retention


def test_no_policy_leaves_decisions_open_and_prints_defaults() -> None:
    policy = Policy.none()
    assert policy.missing_decisions == DECISIONS
    assert all(policy.missing_decision(name) for name in DECISIONS)
    assert not any(policy.missing_decision(name) for name in THRESHOLDS)
    assert not policy.missing_decision("no_such_field")
    assert policy.allowed_countries is UNSET
    variables = policy.as_variables()
    assert not set(variables) & set(DECISIONS)
    assert variables["key_rotation_days"] == 365
    printed = policy.printed_defaults()
    assert len(printed) == len(THRESHOLDS)
    assert any(line.startswith("key_rotation_days = 365: ") for line in printed)
    assert any(line.startswith("log_retention = 183 to 731 days: ") for line in printed)


def test_declared_empty_is_an_answer_and_left_out_is_not() -> None:
    declared = parse("transfer_register = []\nprocessors = []\nallowed_countries = []")
    assert declared.transfer_register == ()
    assert declared.allowed_countries == frozenset()
    assert not declared.missing_decision("transfer_register")
    assert declared.as_variables()["transfer_register"] == ()
    assert declared.missing_decision("ropa")
    assert "ropa" not in declared.as_variables()


def test_a_threshold_that_is_given_is_not_printed_as_a_default() -> None:
    policy = parse("key_rotation_days = 90\nunclassified_as = 'personal'")
    assert policy.key_rotation_days == 90
    assert not any("key_rotation_days" in line for line in policy.printed_defaults())
    assert policy.class_when_unclassified(ai_input=False) == "personal"
    assert Policy.none().class_when_unclassified(ai_input=True) == "personal"
    assert Policy.none().class_when_unclassified(ai_input=False) == "unclassified"


def test_groups_are_resolved_on_the_as_of_date() -> None:
    text = 'allowed_countries = ["EU", "ADEQUATE", "no"]'
    before = Policy.parse(text, CATALOGUE, date(2019, 6, 1)).allowed_countries
    later = Policy.parse(text, CATALOGUE, date(2032, 1, 1)).allowed_countries
    assert before is not UNSET
    assert later is not UNSET
    assert {"GB", "NO", "JP", "DE"} <= set(before)
    assert "GB" not in later


def test_variables_are_plain_and_of_the_announced_types() -> None:
    policy = Policy.load(EXAMPLE, CATALOGUE, NOW)
    variables = policy.as_variables()
    assert set(variables) == set(SETTINGS)
    assert variables["transfer_register"][0]["expires"] == "2028-03-31"
    assert variables["transfer_register"][0]["dpf_certified_until"] is None
    assert variables["log_retention"] == {"min": 183, "max": 731}
    assert "DE" in variables["allowed_countries"]
    assert policy.as_variables() is variables
    for name, text in VARIABLES.items():
        assert parse_type(text), name


@dataclass(frozen=True)
class Bad:
    text: str
    line: int
    says: str


BAD = [
    Bad(
        '\nallowed_countres = ["EEA"]',
        2,
        "`allowed_countres` is not a setting of the policy. Did you mean `allowed_countries`?",
    ),
    Bad('allowed_countries = [\n  "EEA",\n  "Germny",\n]', 3, "Did you mean DE (Germany)?"),
    Bad('allowed_countries = ["EEA", "UK"]', 1, "Did you mean GB (United Kingdom)?"),
    Bad('allowed_countries = "EEA"', 1, 'must be a list in square brackets, such as ["EEA"]'),
    Bad("allowed_countries = [49]", 1, '49 must be a text in quotes, such as "49"'),
    Bad('unclassified_as = "Personal"', 1, "Did you mean “personal”?"),
    Bad('external_key_classes = ["health"]', 1, "Allowed: special_category, personal"),
    Bad(
        "[required_custody]\npersonal = 'customer'\n\nspecial_category = 'hsm'",
        4,
        "is not a level of key custody. Allowed: none, provider",
    ),
    Bad("[required_custody]\npersnal = 'customer'", 2, "Did you mean “personal”?"),
    Bad("required_custody = 'customer'", 1, "a heading [required_custody] with lines below it"),
    Bad("sovereign_level = 5", 1, "5 must be a level from 0 to 4"),
    Bad("sovereign_level = true", 1, "true must be a level from 0 to 4"),
    Bad('key_rotation_days = "365"', 1, "must be a whole number of days, without quotes"),
    Bad("key_rotation_days = -1", 1, "must be a whole number of days"),
    Bad("coverage_min = 95", 1, "must be a share from 0 to 1"),
    Bad("coverage_min = nan", 1, "must be a share from 0 to 1"),
    Bad("operator_approval_required = 'yes'", 1, "must be true or false, without quotes"),
    Bad("trusted_accounts = [123456789012]", 1, 'must be a text in quotes, such as "123456789012"'),
    Bad("criticality_metric = 'gpu_hours'", 1, "Allowed: accelerator_hours"),
    Bad("[log_retention]\nmin = 500\nmax = 300", 2, "500 days at least is more than 300 days at most"),
    Bad("[log_retention]\nmin = 5", 1, "`max` is missing"),
    Bad("[retention_days]\npersonal = '2 years'", 2, '"2 years" must be a whole number of days'),
    Bad("[tag_map.class]\na = 'personal'\nb = 'secret'", 3, '"secret" is not a data class'),
    Bad("[tag_map]\nclass = 'personal'", 2, "a heading [tag_map.class] with lines below it"),
    Bad("[required_boundary]\naswws = ['x']", 2, "is not a provider"),
    Bad("[tags]\ncritcal = ['x']", 2, "Did you mean `critical`?"),
    Bad(
        "[[classify]]\nname = 'x'\n\n[[classify]]\ndata_class = 'personal'",
        4,
        "needs at least one of account, kind, name, uid, provider",
    ),
    Bad("[[classify]]\nname = 'x'", 1, "data_class is missing"),
    Bad("[[classify]]\nkind = 'storage.buckett'\ndata_class = 'personal'", 2, "Did you mean “storage.bucket”?"),
    Bad("[[classify]]\nkind = 'store.*'\ndata_class = 'personal'", 2, "is not a kind of asset"),
    Bad("[[classify]]\nname = 'x'\ndata_clas = 'personal'", 3, "Did you mean `data_class`?"),
    Bad("[classify]\nname = 'x'", 1, "must be a list"),
    Bad("[[transfer_register]]\nid = 'A'\ncountry = 'US'\ntool = 'scc'", 1, "`importer` is missing"),
    Bad("[[transfer_register]]\nid='A'\nimporter='X'\ncountry='EU'\ntool='scc'", 4, "is a group; name one country"),
    Bad("[[transfer_register]]\nid='A'\nimporter='X'\ncountry='Amerika'\ntool='scc'", 4, "is not a country code"),
    Bad("[[transfer_register]]\nid='A'\nimporter='X'\ncountry='US'\ntool='sccs'", 5, "Did you mean “scc”?"),
    Bad(
        "[[transfer_register]]\nid='A'\nimporter='X'\ncountry='US'\ntool='scc'\nexpires='31.03.2027'",
        6,
        "write year-month-day",
    ),
    Bad(
        "[[transfer_register]]\nid='A'\nimporter='X'\ncountry='US'\ntool='scc'\n"
        "[[transfer_register]]\nid='A'\nimporter='X'\ncountry='US'\ntool='scc'",
        7,
        "“A” is used twice; each id must differ",
    ),
    Bad(
        "[[accounts]]\nid='1'\nentity='X'\ncountry='DE'\n[[accounts]]\nid='1'\nentity='Y'\ncountry='DE'",
        6,
        "used twice",
    ),
    Bad("[[accounts]]\nid = 1\nentity='X'\ncountry='DE'", 2, 'must be a text in quotes, such as "1"'),
    Bad("[[exit_plans]]\nprovider = 'amazon'", 2, "is not a provider"),
    Bad(
        "[[anonymity_assessments]]\nresource='x'\ndate=2026-05-01\nresult='yes'",
        4,
        "Allowed: anonymous, not_anonymous, unclear",
    ),
    Bad("unclassified_as = personal", 1, "not valid TOML"),
    Bad("sovereign_level = 1\nsovereign_level = 2", 2, "not valid TOML"),
    Bad('organisation = """\nallowed_countries = 1\n"""\nreid_tag = 7', 4, "7 must be a text in quotes"),
    Bad('"a\\nb" = 1', 1, "`a�b` is not a setting"),
    Bad("# a\norganisation = ''", 2, "must be a text of 1 to"),
]


@pytest.mark.parametrize("bad", BAD, ids=lambda b: b.text.replace("\n", " ")[:50])
def test_a_mistake_is_named_with_its_line_and_what_would_be_right(bad: Bad) -> None:
    text = wrong(bad.text)
    assert f"policy.toml, line {bad.line}: " in text, text
    assert bad.says in text, text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("training_utilisation_low = 0.6", 1),  # the high end is 0.55 by default
        ("training_utilisation_high = 0.2", 1),
        ("training_utilisation_low = 0.0\ntraining_utilisation_high = 0.0", 2),
        ("training_utilisation_low = 0.5\ntraining_utilisation_high = 0.4", 2),
    ],
)
def test_the_range_of_training_compute_is_not_turned_round(text: str, line: int) -> None:
    said = wrong(text)
    assert f"line {line}:" in said
    assert "high end" in said


def test_a_range_of_one_value_is_one() -> None:
    assert parse("training_utilisation_low = 0.3\ntraining_utilisation_high = 0.3").training_utilisation_high == 0.3


def test_all_mistakes_are_named_at_once_up_to_a_limit() -> None:
    text = wrong("sovereign_level = 9\nkey_rotation_days = 'x'\nnonsense = 1")
    assert text.count("\n") == 2
    many = wrong("\n".join(f"x{n} = 1" for n in range(500)))
    assert many.count("\n") == 20
    assert "there may be more" in many


def test_expired_register_entries_are_facts() -> None:
    policy = parse("[[transfer_register]]\nid='A'\nimporter='X'\ncountry='us'\ntool='scc'\nexpires=2019-01-01")
    assert policy.transfer_register is not UNSET
    assert policy.transfer_register[0].expires == date(2019, 1, 1)
    assert policy.transfer_register[0].country == "US"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"\xff\xfe\x00s", "not UTF-8 text"),
        (b"organisation = 'x'\n\x80", "line 2: this is not UTF-8 text"),
        (b"PK\x03\x04\x00\x00", "not valid TOML"),
        ("a = " + "[" * 5000, "nested too deeply"),
        ("a = " + "[" * 50, "not valid TOML"),
        (b"#" * (5 * 1024 * 1024), "larger than 4 MB"),
        ("organisation = 'a\ud800'", "not UTF-8 text"),
    ],
)
def test_what_is_no_policy_is_refused(body: str | bytes, says: str) -> None:
    assert says in wrong(body)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot be read"):
        Policy.load(tmp_path / "absent.toml", CATALOGUE, NOW)
    with pytest.raises(PolicyError, match="cannot be read"):
        Policy.load(tmp_path, CATALOGUE, NOW)


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter() -> None:
    plain = parse("sovereign_level = 1\nreid_tag = 'x'\n")
    windows = parse(b"\xef\xbb\xbfsovereign_level = 1\r\nreid_tag = 'x'\r\n")
    assert (plain.sovereign_level, plain.reid_tag) == (windows.sovereign_level, windows.reid_tag)
    assert parse("sovereign_level = 1\r\nreid_tag = 'x'\r\n").digest == plain.digest
    assert parse("sovereign_level = 2").digest != plain.digest


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def toml(value: object) -> str:
    match value:
        case None:
            return "''"
        case bool():
            return str(value).lower()
        case int() | float() | date():
            return str(value)
        case list():
            return "[" + ", ".join(toml(v) for v in value) + "]"  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        case dict():
            pairs = ", ".join(f"{toml(str(k))} = {toml(v)}" for k, v in value.items())  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            return f"{{{pairs}}}"
        case _:
            text = str(value).encode("utf-8", "replace").decode("utf-8")
            return '"' + "".join(f"\\U{ord(c):08x}" for c in text) + '"'


@settings(max_examples=250, deadline=None, derandomize=True)
@given(st.sampled_from([*SETTINGS, "tags", "classify", "organisation", "zzz"]), VALUES)
def test_any_value_is_taken_or_refused_with_a_line(name: str, value: object) -> None:
    try:
        policy = parse(f"{name} = {toml(value)}")
    except PolicyError as error:
        assert all("line 1" in problem for problem in error.problems[:20])  # noqa: PT017
        assert all(problem.isprintable() for problem in error.problems)  # noqa: PT017
    else:
        assert name in policy.given
        assert policy.as_variables() is not None


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse(text)
    except PolicyError as error:
        assert str(error).startswith("policy.toml")  # noqa: PT017
