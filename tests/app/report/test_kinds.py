"""Every kind of report in every form: whole, in the right language, about the right things, hiding what it must."""

import hashlib
import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader
from report_estate import FRANKFURT, InventedSource, head
from structure import amiss

from app import audit as job
from app import sample
from app.report import write_reports
from app.report.choice import Choice, ChoiceError, Scope, scope_of
from app.report.files import ReportNotWrittenError
from app.report.fromhistory import chosen
from app.report.kinds import KINDS
from app.report.pack import write_pack
from app.report.produce import Sealing, produce
from app.report.proof import MANIFEST
from app.report.source import Place
from app.signing.keys import load_own_key, make_own_key
from app.store import Store
from rules.judgement import Severity

LOCK = "correct horse"
WORDS = {
    "full": ("Contents", "What passed", "Chain of scans"),
    "summary": ("What is gravest", "Map of places"),
    "cloud": ("Only providers: Google Cloud", "What passed"),
    "framework": ("Requirements", "is not a certificate"),
    "transfers": ("Annex to the record of processing", "Safeguards on record"),
    "dpia": ("Article 35(7)(a)", "Safeguards that were seen"),
    "tia": ("Countries of destination", "United States"),
    "evidence": ("SHA-256", "Calls that were made"),
    "coverage": ("Statement", "By connection"),
    "delta": ("From scan 1", "New ("),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("kinds") / "situs.db"
    by = job.yardstick(sample.POLICY, sample.AS_OF)
    with Store.open(path) as opened:
        for started, files in sample.SCANS:
            scan = job.import_files(opened, [files], started=started).scan
            job.judge_scan(opened, scan.id, by)
        yield opened


def latest(store: Store) -> int:
    judged = store.judgement()
    assert judged is not None
    return judged.id


def choice_of(kind: str, **more: Any) -> Choice:
    scope = Scope(providers=("gcp",)) if kind == "cloud" else Scope()
    return Choice(kind, scope=scope, framework="gdpr" if kind == "framework" else "", **more)


def text_of(path: Path) -> str:
    if shutil.which("pdftotext"):
        told = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout
        return " ".join(told.split())
    return " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())


def conforms(path: Path, folder: Path) -> None:
    """What the file claims is confirmed by one validator, and what lies below the claims by another.

    The second approves of nothing that it does not know, and it knows neither PDF/UA nor level A: it is shown the same
    file with the lower claim.
    """
    from pikepdf import pdfa

    assert amiss(path) == []
    with pikepdf.open(path) as pdf:
        for page in pdf.pages[:6]:
            depth = 0
            for one in pikepdf.parse_content_stream(page):
                depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(str(one.operator), 0)
                assert depth in (0, 1)
            assert depth == 0
    modest = folder / "modest.pdf"
    with pikepdf.open(path) as pdf:
        body = pdf.Root.Metadata.read_bytes()
        begin = body.index(b"<rdf:Description", body.index(b"pdfaid:conformance"))
        body = body[:begin] + body[body.rindex(b"</rdf:RDF>") :]
        body = re.sub(rb"<pdfuaid:part[^>]*>1</pdfuaid:part>", b"", body)
        pdf.Root.Metadata = pikepdf.Stream(pdf, re.sub(rb"(<pdfaid:conformance[^>]*>)A", rb"\1B", body))
        pdf.Root.Metadata.Type, pdf.Root.Metadata.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML
        pdf.save(modest)
    verdict = pdfa.validate_written(modest, "3b")
    assert verdict.passed, verdict.findings[:3]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_as_pdf_is_whole_archival_and_the_same_again(store: Store, kind: str, tmp_path: Path) -> None:
    first, second = tmp_path / "a.pdf", tmp_path / "b.pdf"
    for path in (first, second):
        produce(store, latest(store), path, choice_of(kind))
    assert first.read_bytes() == second.read_bytes()
    text = text_of(first)
    for word in WORDS[kind]:
        assert word in text
    conforms(first, tmp_path)
    if kind == "summary":
        assert len(PdfReader(first).pages) == 2
    else:
        outline = [e.title for e in PdfReader(first).outline if not isinstance(e, list)]
        assert outline[0] == "Cover"
        assert len(outline) >= 3


PLAIN = {"atlas", "letters", "lumclincare"}
"""Plain words that name things of the sample and are no words of the program."""
DRAWN = {"svg", "title", "desc", "g", "path", "rect", "circle", "text", "clippath"}
"""Elements of a drawing that can neither run, load nor hold a page."""


class Reader(HTMLParser):
    """Checks that a page is well formed, loads nothing, and leads only to places that it has."""

    VOID = frozenset({"col", "meta", "br", "link", "img", "input", "hr"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self.tags: set[str] = set()
        self.drawn: set[str] = set()
        self.figures: list[dict[str, str | None]] = []
        self.told: dict[str, str] = {}
        self.names: list[str] = []
        self._told = ""
        self.lang = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.tags.add(tag)
        self.lang = self.lang or known.get("lang") or ""
        if identity := known.get("id"):
            self.ids.append(identity)
        if tag == "a" and (target := known.get("href")):
            self.links.append(target)
        assert not [name for name in known if name.startswith("on")]
        assert "src" not in known
        if tag == "svg" or "svg" in self.open:
            self.drawn.add(tag)
            assert not {"href", "style"} & {*known}
            if clip := known.get("clip-path"):
                assert clip.removeprefix("url(#").removesuffix(")") in self.ids
        if tag == "svg":
            self.figures.append(known)
        self._told = known.get("id") or "" if tag in ("title", "desc") else ""
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)
        if self._told:
            self.told[self._told] = self.told.get(self._told, "") + data
        if "text" in self.open:
            self.names.append(data)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.handle_endtag(tag)


def page_of(path: Path) -> Reader:
    reader = Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    assert reader.open == []
    assert len(set(reader.ids)) == len(reader.ids)
    for link in reader.links:
        assert link.startswith("https://") or link.removeprefix("#") in reader.ids
    assert not reader.tags & {"script", "iframe", "object", "embed", "form"}
    assert reader.drawn <= DRAWN
    return reader


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_as_html_is_well_formed_and_loads_nothing(store: Store, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    produce(store, latest(store), path, choice_of(kind))
    reader = page_of(path)
    assert reader.lang == "en"
    assert {"main", "nav", "h1", "h2", "title", "table", "caption"} <= reader.tags
    assert "default-src 'none'" in path.read_text(encoding="utf-8")


def test_html_says_what_the_pdf_says(store: Store, tmp_path: Path) -> None:
    source, extras = chosen(store, latest(store), Choice())
    from app.report.build import build_content

    content = build_content(source, extras)
    produce(store, latest(store), tmp_path / "report.html", Choice())
    text = " ".join(" ".join(page_of(tmp_path / "report.html").text).split())
    for group in content.groups:
        assert " ".join(group.title.split()) in text
        for row in group.rows:
            assert row.subject.name in text
    for provision in content.law:
        assert provision.label in text


@pytest.mark.parametrize("language", ["en", "de"])
def test_html_draws_the_map_and_says_what_it_shows(store: Store, language: str, tmp_path: Path) -> None:
    """The drawing has a name and a description; what is drawn at each place is what the table beside it says."""
    path = tmp_path / "report.html"
    produce(store, latest(store), path, Choice(kind="summary", language=language))
    reader = page_of(path)
    maps = [f for f in reader.figures if f.get("role") == "img"]
    assert len(maps) == 2
    for drawn in maps:
        title, desc = [reader.told[key] for key in (drawn["aria-labelledby"] or "").split()]
        assert title in (("Europe", "World") if language == "en" else ("Europa", "Welt"))
        assert title in desc
    assert all(f.get("role") == "img" or f.get("aria-hidden") == "true" for f in reader.figures)
    assert {"Frankfurt"} <= {*reader.names}
    assert "table" in reader.tags
    body = path.read_text(encoding="utf-8")
    pieces = re.findall(r'<path d="(M[^"]{60,})"', body)
    assert len(pieces) > 150
    for code in pieces:
        assert re.fullmatch(r"[MlLCzhv\d. -]+", code)
    produce(store, latest(store), tmp_path / "again.html", Choice(kind="summary", language=language))
    assert (tmp_path / "again.html").read_bytes() == path.read_bytes()


def test_a_place_with_a_name_that_hurts_is_text_on_the_map(tmp_path: Path) -> None:
    source = InventedSource(head())
    names = ["</text><script>x</script>", '" onload="x', "a\u202eb"]
    for number, name in enumerate(names):
        spot = Place(f"p{number}", name, ("DE",), "eea", "declared", 48.0 + 2 * number, 8.0 + 3 * number)
        source.add(f"store-{number}", "storage.bucket", spot)
    write_reports(source, [tmp_path / "report.html"])
    reader = page_of(tmp_path / "report.html")
    for shown in ("</text><script>x</script>", '" onload="x', "a⟨U+202E⟩b"):
        assert shown in reader.names


def test_names_that_hurt_are_text_in_html(tmp_path: Path) -> None:
    source = InventedSource(head())
    names = ["<script>alert(1)</script>", '" onclick="x', "a\u202eb", "c\x00d", "e\ud83df", "&amp;", "{{7*7}}"]
    for name in names:
        source.fail("SIT-KEY-001", source.add(name, "storage.bucket", FRANKFURT), "x", Severity.HIGH)
    write_reports(source, [tmp_path / "report.html"])
    text = " ".join(page_of(tmp_path / "report.html").text)
    for shown in (
        "<script>alert(1)</script>",
        '" onclick="x',
        "a⟨U+202E⟩b",
        "c⟨U+0000⟩d",
        "e⟨U+D83D⟩f",
        "&amp;",
        "{{7*7}}",
    ):
        assert shown in text


@pytest.mark.parametrize("kind", ["full", "summary", "dpia", "tia", "delta"])
def test_german_reports_say_that_rules_stay_english(store: Store, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    produce(store, latest(store), path, choice_of(kind, language="de"))
    assert amiss(path) == []
    text = text_of(path)
    assert "Zusammenfassung" in text or "Grenzen" in text
    if kind != "summary":
        assert "auf Englisch" in text
    with pikepdf.open(path) as pdf:
        manifest = json.loads(pdf.attachments[MANIFEST].get_file().read_bytes())
        assert str(pdf.Root.Lang) == "de"
    assert manifest["report"]["language"] == "de"
    assert "Vereinigte Staaten" in text
    # Law is told as the catalogue says it, and the name of a site is the organisation's own.
    said = text.replace("the United States and on Canada", "").replace("Branch Singapore", "")
    assert not re.findall(r".{20}(?:United States|Germany\b|Singapore\b).{20}", said)


@pytest.mark.parametrize("kind", ["summary", "coverage"])
def test_a_signed_report_conforms_as_well(store: Store, kind: str, tmp_path: Path) -> None:
    make_own_key(tmp_path, "Anna Example", LOCK)
    path = tmp_path / "signed.pdf"
    sealing = Sealing(key=load_own_key(tmp_path, LOCK), reason="Because")
    produce(store, latest(store), path, choice_of(kind), sealing=sealing)
    assert amiss(path) == []


# Scope


def test_scope_words_are_checked() -> None:
    scope = scope_of(["provider=aws", "provider=gcp", "country=us", "kind=storage."])
    assert scope == Scope(providers=("aws", "gcp"), countries=("US",), kinds=("storage.",))
    for wrong in ("provider", "colour=red", "provider="):
        with pytest.raises(ChoiceError):
            scope_of([wrong])


@pytest.mark.parametrize("choice", [Choice("no-such"), Choice(language="tlh"), Choice("framework"), Choice("cloud")])
def test_what_there_is_not_is_refused(store: Store, choice: Choice, tmp_path: Path) -> None:
    with pytest.raises(ChoiceError):
        produce(store, latest(store), tmp_path / "x.pdf", choice)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("word", ["country=UK", "provider=asw", "account=nobody", "class=persnal", "kind=bucket"])
def test_a_scope_that_holds_nothing_is_no_clean_report(store: Store, word: str, tmp_path: Path) -> None:
    scope = scope_of([word])
    with pytest.raises(ChoiceError, match=re.escape(word.partition("=")[2])):
        produce(store, latest(store), tmp_path / "x.json", Choice(scope=scope))
    assert list(tmp_path.iterdir()) == []


def test_a_scope_and_its_opposite_make_the_whole(store: Store) -> None:
    """Findings, passes and assets of all providers add up to those of the whole."""
    whole, _ = chosen(store, latest(store), Choice())
    providers = {p.asset.provider for p in whole.assets()}
    verdicts: dict[str, int] = {}
    assets = 0
    for provider in providers:
        part, _ = chosen(store, latest(store), Choice(scope=Scope(providers=(provider,))))
        assert {p.asset.provider for p in part.assets()} == {provider}
        assets += sum(1 for _ in part.assets())
        about = {p.asset.uid for p in part.assets()}
        for finding in part.findings():
            assert finding.asset is None or finding.asset in about
            if finding.asset is not None:
                verdicts[finding.verdict.value] = verdicts.get(finding.verdict.value, 0) + 1
    assert assets == sum(1 for _ in whole.assets())
    of_assets: dict[str, int] = {}
    known = {u for p in whole.assets() for u in (p.asset.uid, *p.asset.aliases)}
    for finding in whole.findings():
        if finding.asset in known:
            of_assets[finding.verdict.value] = of_assets.get(finding.verdict.value, 0) + 1
    assert verdicts == of_assets


@pytest.mark.parametrize("scope", [Scope(providers=("gcp",)), Scope(countries=("US",)), Scope(kinds=("key",))])
def test_counts_and_decisions_of_a_scope_are_those_of_its_findings(store: Store, scope: Scope) -> None:
    part, extras = chosen(store, latest(store), Choice(scope=scope))
    whole, _ = chosen(store, latest(store), Choice())
    findings = list(part.findings())
    summary = part.summary()
    waiting = {
        (d, f.rule) for f in findings if f.verdict.value == "not_checked" for m in f.missing if (d := m.decision)
    }
    assert {(d.decision, rule) for d in summary.decisions for rule in d.rules} == waiting
    assert sum(d.waiting for d in summary.decisions) < sum(d.waiting for d in whole.summary().decisions)
    for verdict in ("fail", "not_checked", "accepted"):
        number = sum(f.verdict.value == verdict for f in findings)
        assert summary.verdicts.get(verdict, 0) == number
        assert sum(family.get(verdict, 0) for family in summary.by_family.values()) == number
    assert set(summary.by_family) <= set(whole.summary().by_family)
    inside = {p.asset.uid for p in part.assets()}
    assert all(inside & {*a.assets} for a in extras.activities)
    assert "of the whole scan" in extras.note


def test_what_was_not_read_stays_in_the_scope_of_its_provider(store: Store) -> None:
    """A finding about no single thing says that an account was not read: it must not vanish with a scope."""
    whole, _ = chosen(store, latest(store), Choice())
    bare = [f for f in whole.findings() if f.asset is None and f.flow is None]
    assert bare
    clusters = [f for f in bare if f.why.startswith("kubernetes ")]
    kept = len(clusters)
    for provider in {p.asset.provider for p in whole.assets()}:
        part, _ = chosen(store, latest(store), Choice(scope=Scope(providers=(provider,))))
        mine = [f for f in part.findings() if f.asset is None and f.flow is None]
        assert all(f.why.startswith((f"{provider} ", "kubernetes ")) for f in mine)  # whose a cluster is, nobody read
        assert all(c.provider == provider for c in part.head().scan.connections)
        kept += len(mine) - len(clusters)
    assert kept == len(bare)
    by_country, _ = chosen(store, latest(store), Choice(scope=Scope(countries=("US",))))
    assert sum(f.asset is None and f.flow is None for f in by_country.findings()) == len(bare)


def test_counts_of_a_framework_are_those_of_its_rules(store: Store) -> None:
    part, extras = chosen(store, latest(store), choice_of("framework"))
    whole, _ = chosen(store, latest(store), Choice())
    findings = list(part.findings())
    summary = part.summary()
    assert summary.verdicts["fail"] == sum(f.verdict.value == "fail" for f in findings)
    assert summary.verdicts["not_checked"] == sum(f.verdict.value == "not_checked" for f in findings)
    assert summary.verdicts["fail"] < whole.summary().verdicts["fail"]
    assert sum(summary.by_severity.values()) == summary.verdicts["fail"]
    assert part.head().checks == len(summary.by_rule) < (whole.head().checks or 0)
    scoped, _ = chosen(store, latest(store), Choice("framework", framework="gdpr", scope=Scope(providers=("gcp",))))
    assert set(scoped.summary().by_rule) <= set(summary.by_rule)
    assert extras.view is not None


def test_passes_of_everything_are_the_passes_that_were_counted(store: Store) -> None:
    from app.report.fromhistory import recounted
    from app.report.fromstore import StoreSource
    from app.report.views import Scoped

    source = StoreSource(store, latest(store))
    everything = recounted(store, source, Scoped(source, Scope(), {}))
    summary = source.summary()
    assert sum(told["pass"] for told in everything.values()) == summary.verdicts["pass"]


# Pseudonyms


def leaked(secrets: set[str], text: str) -> list[str]:
    return [s for s in sorted(secrets) if s in text and re.search(rf"(?<![\w-]){re.escape(s)}(?![\w-])", text)]


def said_by(pack: Path) -> Iterator[tuple[str, str]]:
    """All that the files of an evidence pack say, those inside workbook and PDF too."""
    with zipfile.ZipFile(pack) as files:
        for name in files.namelist():
            body = files.read(name)
            if name.endswith(".xlsx"):
                with zipfile.ZipFile(io.BytesIO(body)) as book:
                    yield from ((name, book.read(part).decode("utf-8")) for part in book.namelist())
            elif name.endswith(".pdf"):
                yield name, " ".join(" ".join(p.extract_text() for p in PdfReader(io.BytesIO(body)).pages).split())
                with pikepdf.open(io.BytesIO(body)) as pdf:
                    for inside in pdf.attachments:
                        yield f"{name}/{inside}", pdf.attachments[inside].get_file().read_bytes().decode("utf-8")
            else:
                yield name, body.decode("utf-8")


def test_no_name_or_account_is_left_in_a_redacted_copy(store: Store, tmp_path: Path) -> None:
    """In every form. Names that the program has words of its own for (`training`) are looked for elsewhere."""
    source, _ = chosen(store, latest(store), Choice())
    secrets = {p.asset.name for p in source.assets()} | {p.asset.account for p in source.assets()}
    secrets |= {p.asset.uid for p in source.assets()} | {f.name for f in source.files()}
    secrets |= {c.connection for c in source.coverage()} | {c.account for c in source.coverage()}
    secrets |= {p.asset.location.site for p in source.assets() if p.asset.location.site}
    places = {p.place.name for p in source.assets() if p.asset.location.site is None}
    kinds = {p.asset.kind.split(".")[-1] for p in source.assets()}
    secrets = {
        s
        for s in secrets
        if s not in kinds
        and not any(s in place for place in places)
        and ((len(s) > 6 and re.search(r"[\d/:_-]", s)) or re.fullmatch("lum[a-z]+", s) or s in PLAIN)
    }
    assert secrets >= PLAIN
    write_pack(store, latest(store), tmp_path / "pack.zip", Choice(redact=True, inventory=True))
    told = dict.fromkeys(name for name, _ in said_by(tmp_path / "pack.zip"))
    assert {"report.pdf", "report.pdf/situs-report.json", "report.csv", "report.xlsx", "report.sarif"} <= set(told)
    for name, text in said_by(tmp_path / "pack.zip"):
        assert (name, leaked(secrets, text)) == (name, [])


def test_pseudonyms_stay_the_same_and_counts_too(store: Store) -> None:
    plain, _ = chosen(store, latest(store), Choice())
    one, _ = chosen(store, latest(store), Choice(redact=True))
    two, _ = chosen(store, latest(store), Choice(redact=True))
    assert [p.asset.uid for p in one.assets()] == [p.asset.uid for p in two.assets()]
    assert len({p.asset.uid for p in one.assets()}) == sum(1 for _ in plain.assets())
    assert one.summary() == plain.summary()
    flows = {f.id for f in one.flows()}
    assert {t.flow for t in one.transfers()} <= flows
    ends = {p.asset.uid for p in one.assets()}
    assert sum(f.source in ends for f in one.flows()) == sum(
        f.source in {p.asset.uid for p in plain.assets()} for f in plain.flows()
    )


# Locked and attached


@pytest.mark.skipif(shutil.which("pdfinfo") is None, reason="pdfinfo of poppler-utils is not installed")
def test_a_locked_report_opens_with_its_password_only(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    produce(store, latest(store), path, Choice("summary"), sealing=Sealing(password=LOCK))
    assert subprocess.run(["pdfinfo", str(path)], capture_output=True, check=False).returncode != 0
    told = subprocess.run(["pdfinfo", "-upw", LOCK, str(path)], capture_output=True, text=True, check=True).stdout
    assert "AES-256" in told
    with pikepdf.open(path, password=LOCK) as pdf, pdf.open_metadata() as meta:
        assert "pdfaid:part" not in meta
    assert b"Lumenar" not in path.read_bytes()


def test_what_is_attached_is_what_is_written_beside_it(store: Store, tmp_path: Path) -> None:
    for form in ("pdf", "json", "csv"):
        produce(store, latest(store), tmp_path / f"report.{form}", Choice())
    with pikepdf.open(tmp_path / "report.pdf") as pdf:
        inside = {name: pdf.attachments[name].get_file().read_bytes() for name in pdf.attachments}
    assert inside["situs-report.json"] == (tmp_path / "report.json").read_bytes()
    assert inside["situs-findings.csv"] == (tmp_path / "report.csv").read_bytes()
    manifest = json.loads(inside[MANIFEST])
    assert {f["name"]: f["sha256"] for f in manifest["files"]} == {
        name: hashlib.sha256(body).hexdigest() for name, body in inside.items() if name != MANIFEST
    }
    lines = inside["situs-evidence.txt"].decode().split("\n")
    assert lines[-1] == ""
    assert lines[:-1] == sorted(set(lines[:-1]))
    assert len(lines) - 1 == manifest["evidence"]["count"]


def test_a_report_that_cannot_be_signed_leaves_the_older_one(store: Store, tmp_path: Path) -> None:
    from app.signing.errors import SigningError
    from app.signing.keys import load_own_key, make_own_key

    path = tmp_path / "report.pdf"
    path.write_bytes(b"older")
    make_own_key(tmp_path / "data", "Jana", "correct horse")
    key = load_own_key(tmp_path / "data", "correct horse")
    with pytest.raises(SigningError):
        produce(store, latest(store), path, Choice("summary"), sealing=Sealing(key, server="http://127.0.0.1:9/"))
    assert path.read_bytes() == b"older"
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["report.pdf"]
    with pytest.raises(ReportNotWrittenError):
        produce(store, latest(store), tmp_path / "report.pdf" / "below.pdf", Choice("summary"))


def test_changes_are_narrowed_to_the_scope(store: Store) -> None:
    """Each change of the whole estate is in the part of its provider or its country, and in no other."""

    def changed(scope: Scope) -> tuple[set[tuple[str, str]], set[str]]:
        changes = chosen(store, latest(store), Choice("delta", scope=scope))[1].changes
        assert changes is not None
        assert changes.findings is not None
        return {(c.rule, c.uid) for c in changes.findings}, {c.uid for c in changes.assets}

    whole, assets = changed(Scope())
    assert len(whole) > 5
    assert len(assets) > 5
    parts = [changed(Scope(providers=(p,))) for p in ("aws", "azure", "gcp", "on_prem", "upcloud")]
    assert set().union(*(f for f, _ in parts)) == whole
    assert set().union(*(a for _, a in parts)) == assets
    assert all(f < whole and a < assets for f, a in parts)
    assert sum(len(a) for _, a in parts) == len(assets)
    abroad, there = changed(Scope(countries=("US",)))
    assert abroad < whole
    assert there < assets


def test_a_copy_without_names_still_tells_what_changed(store: Store, tmp_path: Path) -> None:
    open_, hidden = (chosen(store, latest(store), Choice("delta", redact=r))[1].changes for r in (False, True))
    assert open_ is not None
    assert hidden is not None
    assert open_.findings is not None
    assert hidden.findings is not None
    assert [(c.change, c.rule) for c in hidden.findings] == [(c.change, c.rule) for c in open_.findings]
    assert [c.change for c in hidden.assets] == [c.change for c in open_.assets]
    names = {part for c in (*open_.findings, *open_.assets) for part in c.about.split(" → ")}
    told = repr([c.about for c in (*hidden.findings, *hidden.assets)])
    assert not [name for name in names if name in told]
