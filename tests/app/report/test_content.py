"""The content model: counts, groups, order, and that unknown stays unknown."""

from datetime import date

import msgspec
from report_estate import FRANKFURT, GLOBAL, UNKNOWN, InventedSource, head, telling

from app.report import sentences, words
from app.report.build import build_content
from app.report.content import ReportContent, law_note
from app.report.seen import seen
from app.report.source import place_of
from rules.catalogue import Catalogue
from rules.judgement import Missing, Verdict
from scanners.model import Location, LocationKind


def test_findings_are_grouped_by_severity_then_rule_and_none_is_lost(content: ReportContent) -> None:
    order = ["critical", "high", "medium", "low", "info"]
    places = [order.index(g.severity) for g in content.groups]
    assert places == sorted(places)
    assert len({(g.severity, g.id) for g in content.groups}) == len(content.groups)
    failed = sum(f.verdict is Verdict.FAIL for f in telling().findings())
    assert sum(len(g.rows) for g in content.groups) == failed == content.summary.verdicts["fail"]


def test_remedies_are_those_of_the_providers_concerned(content: ReportContent) -> None:
    group = next(g for g in content.groups if g.id == "SIT-KEY-001")
    assert [provider for provider, _ in group.remediation] == ["on_prem"]


def test_a_machine_inside_a_cluster_is_counted_once(content: ReportContent) -> None:
    frankfurt = next(p for p in content.places if p.place == FRANKFURT)
    assert frankfurt.gpus == 64
    pool = next(r for r in content.gpus if r.name == "p5-pool")
    assert pool.counted_in == "gpu-frankfurt"


def test_an_unknown_number_of_gpus_is_no_zero(content: ReportContent) -> None:
    row = next(r for r in content.gpus if r.name == "nd-custom")
    assert row.count is None
    assert "not known" in sentences.gpus(content)
    assert next(p for p in content.places if p.place.name.startswith("Amsterdam")).gpus_unknown == 1


def test_machines_known_to_have_no_gpu_are_left_out() -> None:
    source = InventedSource(head())
    source.add("plain", "compute.instance", FRANKFURT, gpu_count=0)
    assert build_content(source).gpus == []


def test_what_is_missing_is_grouped_with_permission_and_connection(content: ReportContent) -> None:
    rotation = next(g for g in content.missing if g.what == "asset.rotation_state")
    assert rotation.checks == rotation.subjects == 12
    assert rotation.permissions == ("Microsoft.KeyVault/vaults/keys/read",)
    assert rotation.connections == ("research-azure",)


def test_decisions_are_not_listed_as_missing_reads() -> None:
    source = InventedSource(head())
    item = source.add("a", "storage.bucket", FRANKFURT)
    missing = (Missing("policy.retention_days", "decision_needed", decision="retention_days"),)
    source._finding("SIT-RET-001", Verdict.NOT_CHECKED, item, missing=missing)
    assert build_content(source).missing == []


def test_the_opening_sentence_names_flows_without_basis(content: ReportContent) -> None:
    text = sentences.opening(content)
    assert text.startswith(
        "2 flows of data leave the EEA for Singapore and the United States without a valid legal basis"
    )


def test_no_transfer_in_an_incomplete_scan_is_said_with_its_limit() -> None:
    source = InventedSource(head())
    source.add("a", "storage.bucket", FRANKFURT)
    assert "in what could be read" in sentences.opening(build_content(source))


def test_an_open_register_is_neither_covered_nor_bare() -> None:
    source = InventedSource(head())
    a, b = source.add("a", "storage.bucket", FRANKFURT), source.add("b", "storage.bucket", UNKNOWN)
    source.flow(a, b, "replication", "decision_needed")
    assert "cannot be said yet" in sentences.opening(build_content(source))


def test_processing_anywhere_counts_as_possibly_in_a_third_country() -> None:
    source = InventedSource(head())
    source.add("chat", "ai.endpoint", FRANKFURT, processing=GLOBAL)
    source.add("job", "training.job", FRANKFURT)
    text = sentences.processing(build_content(source))
    assert "1 may do so in a third country" in text
    assert "of 1 the place of processing is not known" in text


def test_an_estate_with_nothing_in_it_makes_sentences() -> None:
    empty = build_content(InventedSource(head()))
    names = [
        "opening",
        "scope",
        "places",
        "data",
        "processing",
        "gpus",
        "keys",
        "transfers",
        "findings",
        "not_checked",
        "decisions",
        "accepted",
    ]
    for name in names:
        assert getattr(sentences, name)(empty).endswith("."), name


def test_what_a_rule_saw_is_told_without_its_condition() -> None:
    why = (
        "asset.encrypted == false  [asset.encrypted is false]; "
        'flow.dst.loc.status == "third_country"  [flow.dst.loc.status is "third_country", asset.expire_days is null]'
    )
    told = "encrypted at rest: no; target, place, status: third country; deleted after (days): none"
    assert seen(why) == told
    assert seen("entry SCC-1 expired on 2026-03-31") == "entry SCC-1 expired on 2026-03-31"


def test_places_and_provisions_of_the_catalogue_are_shown_as_they_are() -> None:
    catalogue = Catalogue.load()
    day = date(2026, 11, 22)
    frankfurt = place_of(catalogue.place("aws", Location(LocationKind.REGION, region="eu-central-1"), day), "aws")
    assert (frankfurt.countries, frankfurt.status) == (("DE",), "eea")
    assert "Frankfurt" in frankfurt.name
    nowhere = place_of(catalogue.place("aws", Location(LocationKind.REGION, region="zz-nowhere-1"), day), "aws")
    assert (nowhere.countries, nowhere.status) == ((), "unknown")
    assert nowhere.key != frankfurt.key
    provision = catalogue.provision("gdpr.art46.1")
    assert provision is not None
    note = law_note(provision)
    assert note.label.startswith("GDPR Art. 46")
    assert note.paraphrase


def test_nothing_checked_is_not_everything_checked() -> None:
    empty = build_content(InventedSource(head()))
    assert "no check was run" in sentences.scope(empty)
    assert sentences.findings(empty) == sentences.not_checked(empty) == "No check was run."


def test_nothing_seen_in_a_part_is_said_with_its_limit() -> None:
    source = InventedSource(head())
    names = ("opening", "places", "data", "processing", "gpus", "transfers")
    assert all("in what could be read" in getattr(sentences, n)(build_content(source)) for n in names)
    source.head().scan.complete = True
    assert not any("in what could be read" in getattr(sentences, n)(build_content(source)) for n in names)


def test_a_rule_that_called_a_function_is_told_too() -> None:
    why = (
        "coverage(asset).share < policy.coverage_min  [coverage(asset).share is 0.2857142857142857, "
        'coverage(asset) is {share: 0.28, cells: [{kind: "key", statu…}, policy.coverage_min is 0.95]'
    )
    assert seen(why) == "coverage, share: 0.29; policy, coverage min: 0.95"


def test_what_is_missing_has_a_name_for_people() -> None:
    assert words.attribute("storage.bucket") == "list of: storage bucket or account"
    assert words.attribute("asset.tls_min_below_12") == "accepts TLS older than 1.2"
    assert words.attribute("flow.dst.dc") == "its class of data, of the target"
    assert words.attribute("shared_with") == "who it is shared with"


def test_links_of_one_report_never_end_up_in_the_next(content: ReportContent) -> None:
    from app.report.chapters.estate import _first_group

    wanted = _first_group(content)
    assert wanted
    for _ in range(20):  # a content that is gone leaves its address to the next one
        assert _first_group(msgspec.structs.replace(content, groups=[])) == {}
        assert _first_group(msgspec.structs.replace(content)) == wanted
