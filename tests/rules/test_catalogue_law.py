"""Provisions: every id that a rule cites resolves, and every entry says where it comes from."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from resources import ROOT
from rules.catalogue import Catalogue, CatalogueError
from rules.catalogue.law import Law

CATALOGUE = Catalogue.load()
PACK = Path(__file__).resolve().parents[2] / "rules" / "pack"
CITED = re.compile(
    r"\b(?:adequacy|aiact|cjeu|cnil|dataact|dora|ec|ecsf|edpb|gc|gdpr|nis2|scc|us)\.[a-z0-9][a-z0-9.-]*[a-z0-9]"
)


@pytest.mark.parametrize(
    ("law_id", "entry", "citation"),
    [
        ("gdpr.art44", "gdpr.art44", "GDPR Art. 44"),
        ("gdpr.art5-1-b", "gdpr.art5.1.b", "GDPR Art. 5(1)(b)"),
        ("gdpr.art32.1.a", "gdpr.art32", "GDPR Art. 32(1)(a)"),
        ("gdpr.art28-10", "gdpr.art28", "GDPR Art. 28(10)"),
        ("GDPR.Art30-1-e", "gdpr.art30", "GDPR Art. 30(1)(e)"),
        ("dora.art30-2-b", "dora.art30", "DORA Art. 30(2)(b)"),
        ("dora.art31-12", "dora.art31.12", "DORA Art. 31(12)"),
        ("dora.art12-3", "dora.art12", "DORA Art. 12(3)"),
        ("nis2.art23-1", "nis2.art23", "NIS2 Art. 23(1)"),
        ("dataact.art25", "dataact.art25", "Data Act Art. 25"),
        ("aiact.art26-6", "aiact.art26", "EU AI Act Art. 26(6)"),
        ("cnil.ai-sheets", "cnil.ai.sheets", "CNIL recommendations AI how-to sheets"),
        ("edpb.gl05-2021", "edpb.gl.05.2021", "EDPB Guidelines 05/2021"),
        ("edpb.rec01-2020.uc6", "edpb.rec.01.2020.uc6", "EDPB Recommendations 01/2020 use case 6"),
        ("edpb.op28-2024", "edpb.op.28.2024", "EDPB Opinion 28/2024"),
        ("ecsf.sov3", "ec.csf.sov3", "Cloud Sovereignty Framework SOV-3"),
        ("cjeu.c-413-23p", "cjeu.c413.23p", None),
        ("us.cloudact", "us.cloudact", "US CLOUD Act 18 U.S.C. 2713"),
    ],
)
def test_spellings_resolve_to_the_nearest_entry(law_id: str, entry: str, citation: str | None) -> None:
    found = CATALOGUE.provision(law_id)
    assert found is not None
    assert found.id == entry
    if citation:
        assert CATALOGUE.citation(law_id) == citation


@pytest.mark.parametrize("law_id", ["gdpr.art999", "gdpr", "", ".", "nope.art1", "x" * 5000])
def test_what_is_not_listed_is_none(law_id: str) -> None:
    assert CATALOGUE.provision(law_id) is None
    assert CATALOGUE.citation(law_id) is None


def test_every_id_cited_in_the_rule_pack_and_in_the_catalogue_resolves() -> None:
    cited: dict[str, str] = {}
    for file in sorted(PACK.glob("*.yaml")):
        document = yaml.load(file.read_bytes(), Loader=yaml.BaseLoader)  # noqa: S506 - strings, lists and maps only
        for rule in document["rules"]:
            cited |= dict.fromkeys(rule["law"], f"{file.name}: {rule['id']}")
    for provision in CATALOGUE.law.provisions.values():
        cited |= dict.fromkeys(CITED.findall(provision.rule_use), "law.yaml")
    assert {law_id: file for law_id, file in cited.items() if CATALOGUE.provision(law_id) is None} == {}
    assert cited


def test_every_provision_says_what_it_is_and_where_from() -> None:
    assert len(CATALOGUE.law.provisions) > 100
    for provision in CATALOGUE.law.provisions.values():
        assert provision.title, provision.id
        assert provision.paraphrase, provision.id
        assert provision.instrument, provision.id
        assert provision.source, provision.id
        assert provision.confidence in ("verified", "recalled"), provision.id
        assert not provision.celex or re.fullmatch(r"[356]\d{4}[A-Z]{1,2}\d{4}", provision.celex), provision.id
        assert not (provision.unverified and provision.confidence == "verified"), provision.id


def test_what_was_not_seen_is_marked() -> None:
    marked = {p.id for p in CATALOGUE.law.provisions.values() if p.unverified}
    assert marked == {"edpb.rec.01.2020.uc1", "edpb.rec.01.2020.uc2"}


def test_aliases_lead_somewhere_and_values_are_texts() -> None:
    for alias in ("edpb.rec01", "ecsf", "cjeu.c.311.18"):
        assert alias in (ROOT / "catalogue" / "law.yaml").read_text(encoding="utf-8")
    assert CATALOGUE.provision("cjeu.c-311-18") is not None
    assert ("2025-09-12", "Data Act applies") in CATALOGUE.law.dates


@pytest.mark.parametrize(
    "body", [b"provisions: [", b"[]", b"aliases: {}\nprovisions:\n- id: a\ndates: []\n", b"\xff\xfe"]
)
def test_a_spoiled_law_file_is_refused(body: bytes) -> None:
    with pytest.raises(CatalogueError):
        Law(body)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.text(max_size=60))
def test_any_text_is_answered(text: str) -> None:
    found = CATALOGUE.provision(text)
    assert (found is None) == (CATALOGUE.citation(text) is None)
