"""Changing one setting of a policy file: the rest stays, what is invalid is refused, lines are counted."""

import tomllib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import policyedit, sample
from app.policyedit import caught, save, settings_of, tagged, with_setting
from resources import ROOT
from rules.catalogue import Catalogue
from rules.policy import Policy
from rules.policy.fields import OTHER, SETTINGS
from rules.policy.reading import PolicyError
from scanners.model import Asset, Location, LocationKind

DAY = date(2026, 11, 20)
EXAMPLE = (ROOT / "policy_example.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.load()


@pytest.mark.parametrize("name", sorted([*SETTINGS, *OTHER]))
@pytest.mark.parametrize("source", [EXAMPLE, sample.POLICY.read_text(encoding="utf-8")])
def test_each_setting_is_taken_out_and_put_back_and_nothing_else_changes(name, source, catalogue):
    before = tomllib.loads(source)
    without = with_setting(source, name, None)
    assert tomllib.loads(without) == {k: v for k, v in before.items() if k != name}
    Policy.parse(without, catalogue, DAY)
    if name in before:
        again = with_setting(without, name, before[name])
        assert tomllib.loads(again) == before
        twice = with_setting(source, name, before[name])
        assert tomllib.loads(twice) == before
        assert with_setting(twice, name, before[name]) == twice


ODD = '''organisation = """A
[x]
sovereign_level = 4
"""
"allowed_countries" = [
  "EEA", # [[transfer_register]]
  "CH" ] # done
'trusted_accounts' = ["[[classify]]", "a # b"]
required_custody = { personal = "customer" }
retention_days.personal = 30
retention_days.special_category = 40
transfer_register = []
sovereign_level = 2 # two

# about tags
[ tags ] # t
critical = ["x"]
[[ classify ]]
name = """*
[[ropa]]
x"""
data_class = "personal"
# above ropa
[[ropa]]
id = "1"
'''


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sovereign_level", 3),
        ("coverage_min", 0.5),
        ("allowed_countries", ["DE"]),
        ("transfer_register", [{"id": "1", "importer": "x", "country": "US", "tool": "scc"}]),
        ("required_custody", {"personal": "external"}),
        ("retention_days", {"personal": 9}),
        ("ropa", []),
        ("organisation", "B"),
        ("classify", [{"name": "z", "data_class": "public"}]),
    ],
)
@pytest.mark.parametrize("out", [False, True])
def test_what_stands_in_texts_of_several_lines_is_no_setting(tmp_path, catalogue, name, value, out):
    path = tmp_path / "policy.toml"
    path.write_text(ODD, encoding="utf-8")
    save(path, {name: None if out else value}, catalogue, DAY)
    wanted = {k: v for k, v in tomllib.loads(ODD).items() if k != name}
    assert tomllib.loads(path.read_text(encoding="utf-8")) == (wanted if out else wanted | {name: value})


def test_what_would_lose_something_is_refused(tmp_path, catalogue, monkeypatch):
    path = tmp_path / "policy.toml"
    path.write_text(ODD, encoding="utf-8")
    monkeypatch.setattr(policyedit, "with_setting", lambda text, *_: text.replace("sovereign_level = 2 # two", ""))
    with pytest.raises(PolicyError, match="edit the file itself"):
        save(path, {"coverage_min": 0.5}, catalogue, DAY)
    assert path.read_text(encoding="utf-8") == ODD


def test_remarks_stay():
    text = "# ours\nallowed_countries = [  # by the board\n  'EEA',\n]\n\n# logs\n[log_retention]\nmin = 18\nmax = 40\n"
    changed = with_setting(text, "allowed_countries", ["EU"])
    assert changed == '# ours\nallowed_countries = ["EU"]\n\n# logs\n[log_retention]\nmin = 18\nmax = 40\n'
    added = with_setting(changed, "zero_retention_required", True)
    assert added.startswith('# ours\nallowed_countries = ["EU"]\nzero_retention_required = true\n\n# logs\n[log')


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text(min_size=1, max_size=20), st.text(max_size=20), min_size=1, max_size=4))
def test_any_tag_and_value_can_be_written(values):
    value = {"some tag": dict.fromkeys(values, "personal")}
    text = with_setting(EXAMPLE, "tag_map", value)
    assert tomllib.loads(text)["tag_map"] == value


def test_saving_keeps_a_copy_and_refuses_what_is_wrong(tmp_path, catalogue):
    path = tmp_path / "Größe" / "policy.toml"
    first = save(path, {"allowed_countries": ["EEA"]}, catalogue, DAY)
    assert first.before is None
    assert settings_of(path) == {"allowed_countries": ["EEA"]}
    second = save(path, {"sovereign_level": 2, "retention_days": {"personal": 30}}, catalogue, DAY)
    assert path.with_name("policy.toml.bak").read_bytes() == second.before
    with pytest.raises(PolicyError, match="XX"):
        save(path, {"allowed_countries": ["XX"]}, catalogue, DAY)
    assert path.read_bytes() == second.after
    save(path, {"sovereign_level": None}, catalogue, DAY)
    assert "sovereign_level" not in settings_of(path)
    assert settings_of(tmp_path / "none.toml") == {}


def asset(name, account="1", kind="storage.bucket", tags=None):
    more = {} if tags is None else {"tags": tags}
    place = Location(kind=LocationKind.REGION, region="eu-central-1")
    return Asset(uid=f"arn:{name}", provider="aws", account=account, kind=kind, native_type="b", name=name,
                 location=place, **more)  # fmt: skip


def test_lines_are_counted_and_tags_win():
    assets = [
        asset("patients-1", tags={}),
        asset("patients-2", tags={"data": "open"}),
        asset("PATIENTS-3", account="2", tags={"data": "odd"}),
        asset("other", tags={}),
        asset("job", kind="training.job"),
    ]
    settings = {
        "tag_map": {"data": {"open": "public"}},
        "classify": [
            {"account": "1", "name": "patients-*", "data_class": "special_category"},
            {"name": "patients-*", "data_class": "personal"},
        ],
    }
    found = caught(assets, settings, lambda kind: kind.startswith("storage."))
    assert found.counts == [1, 0]
    assert [s[0][0] for s in found.some if s] == ["patients-1"]
    assert (found.left, [s[0] for s in found.left_some]) == (2, ["PATIENTS-3", "other"])
    assert found.assets == 5
    assert tagged(assets) == {("data", "open"): 1, ("data", "odd"): 1}


def test_unknown_settings_are_refused():
    with pytest.raises(KeyError):
        policyedit.with_setting("", "alowed_countries", [])
