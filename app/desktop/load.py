"""From a store to what the window shows; runs in a worker thread, imports no Qt."""

from pathlib import Path

from app.desktop.snapshot import AssetRow, CoverageRow, FindingRow, FlowRow, Snapshot
from app.texts import tr

MOST_FINDINGS = 20_000
MOST_ASSETS = 50_000


def load_snapshot(where: str | Path) -> Snapshot | None:
    """The latest judgement of a store, or None where there is no store or nothing was judged yet.

    Raises KnownStoreError with a sentence for people. Tables are cut at `MOST_FINDINGS` and `MOST_ASSETS` rows, which
    the page says.
    """
    from app.report import sentences, words
    from app.report.build import build_content
    from app.report.fromstore import StoreSource
    from app.store import Store

    if isinstance(where, Path) and not where.exists():
        return None
    with Store.open(where, create=False, read_only=True) as store:
        judged = store.judgement()
        if judged is None or judged.summary is None:
            return None
        source = StoreSource(store, judged.id)
        content = build_content(source)
        names = content.countries
        placed: dict[str, tuple[str, str, str, str, str]] = {}
        assets: list[AssetRow] = []
        for one in source.assets():
            a = one.asset
            place = words.place(one.place, names)
            placed[a.uid] = (a.name, words.kind(a.kind), a.provider, a.account, place)
            if len(assets) < MOST_ASSETS:
                assets.append(
                    AssetRow(
                        a.uid,
                        a.name,
                        words.kind(a.kind),
                        words.provider(a.provider),
                        a.account,
                        place,
                        words.data_class(one.data_class),
                        words.custody(one.custody, short=True) if one.custody else "",
                    )
                )
        flows = {flow.id: flow for flow in source.flows()}
        findings: list[FindingRow] = []
        for row in store.findings(judged.id, gravest_first=True, limit=MOST_FINDINGS):
            finding = row.finding
            rule = source.rule(finding.rule)
            uid = finding.asset or (flows[finding.flow].source if finding.flow in flows else "")
            name, kind, provider, account, place = placed.get(uid, (uid, "", "", "", ""))
            if finding.flow in flows:
                target = flows[finding.flow].target
                name = f"{name} → {placed.get(target, (target,))[0]}"
            missing = "; ".join(
                f"{words.attribute(m.what)}: {words.reason(m.reason)}" + (f" ({m.permission})" if m.permission else "")
                for m in finding.missing
            )
            law = [p.citation for p in (source.provision(i) for i in rule.law) if p is not None] if rule else []
            remediation = rule.remediation if rule else {}
            findings.append(
                FindingRow(
                    finding.rule,
                    rule.title if rule else finding.rule,
                    finding.severity.value,
                    finding.verdict.value,
                    uid,
                    name,
                    kind,
                    provider,
                    account,
                    place,
                    ", ".join(law),
                    words.seen(finding.why),
                    missing,
                    rule.explanation if rule else "",
                    remediation.get(provider) or "\n".join(f"{p}: {t}" for p, t in remediation.items()),
                    finding.potential,
                )
            )
        transfers = {t.flow: t for t in source.transfers()}
        rows = tuple(
            FlowRow(
                flow.kind,
                placed.get(flow.source, (flow.source,))[0],
                placed.get(flow.target, (flow.target,))[0],
                words.countries(flow.source_countries, names) or tr("unknown"),
                words.countries(flow.target_countries, names) or tr("unknown"),
                flow.data_class,
                words.mechanism(transfers[flow.id].mechanism) if flow.id in transfers else "",
                transfers[flow.id].status if flow.id in transfers else "",
            )
            for flow in flows.values()
        )
        coverage = tuple(
            CoverageRow(
                c.connection,
                c.provider,
                c.account,
                c.region,
                c.service,
                words.kind(c.kind) if c.kind != "*" else tr("everything"),
                c.status.value,
                c.missing_permission or c.detail or words.coverage_status(c.status.value),
            )
            for c in source.coverage()
            if not c.status.read
        )
        return Snapshot(
            scope=sentences.scope(content),
            sentence=sentences.opening(content),
            facts=tuple(
                text
                for text in (
                    sentences.places(content),
                    sentences.data(content),
                    sentences.gpus(content),
                    sentences.keys(content),
                    sentences.transfers(content),
                    sentences.not_checked(content),
                )
                if text
            ),
            decisions=tuple(
                f"{words.decision(d.decision)} — " + tr("{n} verdicts wait.").format(n=f"{d.waiting:,}")
                for d in judged.summary.decisions
            ),
            findings=tuple(findings),
            assets=tuple(assets),
            flows=rows,
            coverage=coverage,
            sample=source.head().sample,
            counts=dict(judged.summary.verdicts),
        )
