"""Whether a store still holds what a report rests on: the chain of scans, the findings, the evidence."""

from typing import TYPE_CHECKING, Final

from app.report.proof import Manifest, entry_of, findings_digest
from app.texts import tr, trn
from app.verification.answers import Check, Outcome

if TYPE_CHECKING:
    from app.store import Store

_FAULTS: Final = {
    "missing": "scan {n} has lost its link",
    "broken": "scan {n} does not follow the scan before it",
    "assets": "what scan {n} saw was changed afterwards",
    "coverage": "the coverage of scan {n} was changed afterwards",
    "scan": "the record of scan {n} was changed or removed",
}


def store_checks(manifest: Manifest, evidence: bytes | None, store: "Store") -> list[Check]:
    """Chain, findings and evidence of a report against a store."""
    if manifest.scan is None:
        text = tr("The report names no scan of a store.")
        return [Check("chain", Outcome.NOT_CHECKED, text)]
    known = {entry.scan: entry for entry in map(entry_of, store.chain())}
    last = manifest.chain[-1] if manifest.chain else None
    mine = known.get(manifest.scan)
    if last is None or mine is None or (mine.digest != last.digest and mine.started != last.started):
        text = tr(
            "The store {store} does not hold the scan that this report is about; name the right one with --store."
        )
        return [Check("chain", Outcome.NOT_CHECKED, text.format(store=store.where.label))]
    return [_chain(manifest, store), _findings(manifest, store), _evidence(evidence, store)]


def _chain(manifest: Manifest, store: "Store") -> Check:
    kept = {entry.scan: entry for entry in map(entry_of, store.chain())}
    for entry in manifest.chain:
        if kept.get(entry.scan) != entry:
            text = tr("scan {n} in the store is not the one that the report was made from: it was changed or replaced.")
            return Check("chain", Outcome.WRONG, text.format(n=entry.scan))
    faults = store.check_chain()
    if faults:
        text = tr("the chain of scans in the store is broken: {faults}.").format(
            faults="; ".join(tr(_FAULTS[f.what]).format(n=f.scan) for f in faults[:5])
        )
        return Check("chain", Outcome.WRONG, text)
    count = len(manifest.chain)
    text = trn(
        "The scan in the store is the one that the report names, and nothing of it was changed.",
        "The {n} scans in the store up to this one are those that the report names, and nothing of them was changed.",
        count,
    ).format(n=count)
    named = {entry.scan for entry in manifest.chain}
    deleted = sum(scan.state == "forgotten" and scan.id in named for scan in store.scans())
    if deleted:
        told = trn(
            "Of one of them only its place in the chain is left: it was deleted since, on record.",
            "Of {n} of them only their places in the chain are left: they were deleted since, on record.",
            deleted,
        )
        text = f"{text} {told.format(n=deleted)}"
    return Check("chain", Outcome.OK, text)


def _findings(manifest: Manifest, store: "Store") -> Check:
    judged = manifest.judgement
    known = {info.id for info in store.judgements(manifest.scan)}
    if judged is None or judged.id not in known:
        text = tr(
            "The store no longer holds the judgement that the report shows; judging the scan again makes it anew."
        )
        return Check("findings", Outcome.NOT_CHECKED, text)
    count, digest = findings_digest(store.verdicts(judged.id))
    if (count, digest) != (judged.findings, judged.sha256):
        text = tr("the findings in the store are not those of the report: they were changed afterwards.")
        return Check("findings", Outcome.WRONG, text)
    text = tr("The store holds the same {n} findings and open questions.")
    return Check("findings", Outcome.OK, text.format(n=f"{count:,}"))


def _evidence(evidence: bytes | None, store: "Store") -> Check:
    if evidence is None:
        return Check("evidence", Outcome.NOT_CHECKED, tr("The report has no list of evidence."))
    digests = evidence.decode("ascii", "replace").split()
    missing, damaged = store.check_evidence(digests)
    if missing or damaged:
        parts: list[str] = []
        if missing:
            parts.append(trn("{n} document is gone", "{n} documents are gone", len(missing)).format(n=len(missing)))
        if damaged:
            parts.append(trn("{n} was changed", "{n} were changed", len(damaged)).format(n=len(damaged)))
        text = tr("of the evidence in the store {what} (the first: {digest}…).").format(
            what=", ".join(parts), digest=(missing + damaged)[0][:16]
        )
        return Check("evidence", Outcome.WRONG, text)
    text = trn(
        "The one document of evidence is in the store, and has its digest.",
        "All {n} documents of evidence are in the store, and each has its digest.",
        len(digests),
    )
    return Check("evidence", Outcome.OK, text.format(n=f"{len(digests):,}"))
