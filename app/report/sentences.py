"""The sentence that answers each page's question, made from the data. The window says the same sentences."""

from collections import Counter

from app.report.content import PERSONAL, ReportContent
from app.report.words import count, in_prose, join, number, severity
from app.texts import tr, trn


def scope(content: ReportContent) -> str:
    """How complete the picture is: `3 of 4 connections are complete; 12 checks could not be run.`"""
    connections = content.head.scan.connections
    complete = sum(c.complete for c in connections)
    waiting = content.summary.verdicts.get("not_checked", 0)
    if connections:
        first = trn("{k} of {n} connection is complete", "{k} of {n} connections are complete", len(connections))
        first = first.format(k=number(complete), n=number(len(connections)))
    else:
        first = tr("No connection is recorded")
    second = (
        tr("no check was run")
        if not _checks(content)
        else trn("{n} check could not be run", "{n} checks could not be run", waiting).format(n=number(waiting))
        if waiting
        else tr("every check of what was read could be run")
    )
    return f"{first}; {second}."


def _checks(content: ReportContent) -> int:
    """How many checks were tried; those that did not apply are left out."""
    return sum(content.summary.verdicts.get(v, 0) for v in ("fail", "pass", "not_checked", "accepted"))


def _none_seen(content: ReportContent, whole: str, part: str) -> str:
    """The first sentence where everything was read, else the second: nothing seen is not the same as nothing there."""
    return tr(whole) if content.head.scan.complete else tr(part)


def opening(content: ReportContent) -> str:
    """The answer to the report's question: does anything leave without a basis, and is the picture whole?"""
    bare = [r for r in content.transfers if r.transfer.status in ("uncovered", "expired")]
    open_ = [r for r in content.transfers if r.transfer.status in ("decision_needed", "unknown")]
    if bare:
        flows = len({r.flow.id for r in bare})
        where = in_prose({r.transfer.country for r in bare}, content.countries)
        first = trn(
            "{n} flow of data leaves the EEA for {where} without a valid legal basis on record.",
            "{n} flows of data leave the EEA for {where} without a valid legal basis on record.",
            flows,
        ).format(n=number(flows), where=where)
    elif open_:
        flows = len({r.flow.id for r in open_})
        first = trn(
            "{n} flow of data leaves the EEA, and whether it has a legal basis cannot be said yet.",
            "{n} flows of data leave the EEA, and whether they have a legal basis cannot be said yet.",
            flows,
        ).format(n=number(flows))
    elif content.transfers:
        first = _none_seen(
            content,
            "Every flow of data that leaves the EEA has a legal basis on record.",
            "Every flow of data that was seen to leave the EEA has a legal basis on record; not all was readable.",
        )
    else:
        first = _none_seen(
            content,
            "No flow of data was seen to leave the EEA.",
            "No flow of data was seen to leave the EEA in what could be read.",
        )
    personal = [r for r in content.data if r.data_class in PERSONAL]
    outside = [r for r in personal if r.place.status in ("third_country", "adequate_partial")]
    unknown = [r for r in personal if r.place.status == "unknown"]
    if not personal:
        second = tr("Nothing that was read is labelled as personal data.")
    else:
        second = _none_seen(
            content,
            "Of {n} that hold personal data, {k} in a third country",
            "Of {n} that hold personal data and could be read, {k} in a third country",
        ).format(
            n=count(len(personal), "asset", "assets"),
            k=trn("{n} lies", "{n} lie", len(outside)).format(n=number(len(outside))) if outside else tr("none lies"),
        )
        if unknown:
            second += trn(
                " and {n} in a place whose country is not known",
                " and {n} in places whose country is not known",
                len(unknown),
            ).format(n=number(len(unknown)))
        second += "."
    return f"{first} {second}"


def places(content: ReportContent) -> str:
    """Where things are: countries with data, GPUs, keys."""
    held = [p for p in content.places if p.data]
    codes = sorted({c for p in held for c in p.place.countries}, key=lambda c: content.countries.get(c, c))
    beyond = [p.place.countries for p in held if p.place.status in ("third_country", "adequate_partial")]
    alone = {p.place.countries[0] for p in content.places if len(p.place.countries) == 1 and p.place.status == "eea"}
    # A place spread over countries has the status of the worst of them: the others are not to be blamed for it.
    third = sorted({c for countries in beyond for c in countries} - alone)
    if not held:
        return _none_seen(
            content, "No place that holds data was seen.", "No place that holds data was seen in what could be read."
        )
    text = trn("Data lies at {n} place", "Data lies at {n} places", len(held)).format(n=number(len(held)))
    text += " " + trn("in {n} country", "in {n} countries", len(codes)).format(n=number(len(codes)))
    if third:
        text += "; " + trn("{names} counts as a third country", "{names} count as third countries", len(third)).format(
            names=in_prose(third, content.countries, most=6)
        )
    return text + "."


def data(content: ReportContent) -> str:
    """Data locations in a sentence."""
    by_status = Counter(r.place.status for r in content.data)
    total = len(content.data)
    if not total:
        return _none_seen(
            content, "No asset that holds data was seen.", "No asset that holds data was seen in what could be read."
        )
    inside = by_status["eea"] + by_status["adequate"]
    text = tr("{k} of {n} lie in the EEA or in a country with an adequacy decision").format(
        k=number(inside),
        n=count(total, "asset that holds data", "assets that hold data")
        if content.head.scan.complete
        else count(total, "asset that was read and holds data", "assets that were read and hold data"),
    )
    if by_status["unknown"]:
        text += "; " + trn(
            "of {n} the country is not known", "of {n} the country is not known", by_status["unknown"]
        ).format(n=number(by_status["unknown"]))
    return text + "."


def processing(content: ReportContent) -> str:
    """Where computing on data happens, in a sentence."""
    rows = content.computing
    if not rows:
        return _none_seen(
            content,
            "No training job, notebook or model in service was seen.",
            "No training job, notebook or model in service was seen in what could be read.",
        )
    unknown = sum(r.processing is None for r in rows)
    out = sum(
        r.processing is not None
        and (r.processing.everywhere or r.processing.status in ("third_country", "adequate_partial"))
        for r in rows
    )
    text = tr("{n} compute on data; {k} may do so in a third country").format(
        n=count(len(rows), "job, notebook, model or endpoint", "jobs, notebooks, models and endpoints"),
        k=number(out) if out else tr("none"),
    )
    if unknown:
        text += "; " + trn(
            "of {n} the place of processing is not known", "of {n} the place of processing is not known", unknown
        ).format(n=number(unknown))
    return text + "."


def gpus(content: ReportContent) -> str:
    """The GPU estate in a sentence, with what is not known."""
    own = [r for r in content.gpus if r.counted_in is None]
    known = sum(r.count or 0 for r in own)
    unknown = sum(r.count is None for r in own)
    third = sum(r.count or 0 for r in own if r.place.status in ("third_country", "adequate_partial"))
    if not own:
        return _none_seen(content, "No accelerator was seen.", "No accelerator was seen in what could be read.")
    text = tr("{n} were counted").format(n=count(known, "accelerator", "accelerators"))
    if third:
        text += ", " + tr("{n} of them in third countries").format(n=number(third))
    if unknown:
        text += "; " + trn(
            "for {n} group of machines the number is not known",
            "for {n} groups of machines the number is not known",
            unknown,
        ).format(n=number(unknown))
    return text + "."


def keys(content: ReportContent) -> str:
    """Who holds the keys of personal data, in a sentence."""
    personal = [r for r in content.data if r.data_class in PERSONAL]
    held = sum(r.custody in ("customer", "customer_hsm", "dedicated_hsm", "external") for r in personal)
    bare = sum(r.custody == "none" for r in personal)
    unknown = sum(r.custody is None for r in personal)
    if not personal:
        return tr("No key is tied to anything labelled as personal data.")
    text = tr("Your organisation holds the key of {k} of {n} with personal data").format(
        k=number(held), n=count(len(personal), "asset", "assets")
    )
    if bare:
        text += "; " + trn("{n} is not encrypted", "{n} are not encrypted", bare).format(n=number(bare))
    if unknown:
        text += "; " + trn("of {n} it is not known", "of {n} it is not known", unknown).format(n=number(unknown))
    return text + "."


def transfers(content: ReportContent) -> str:
    """The transfer register in a sentence."""
    rows = content.transfers
    if not rows:
        return _none_seen(
            content,
            "No transfer outside the EEA was seen.",
            "No transfer outside the EEA was seen in what could be read.",
        )
    status = Counter(r.transfer.status for r in rows)
    other = sum(r.transfer.status == "uncovered" and r.transfer.mechanism is not None for r in rows)
    text = tr("{n} outside the EEA").format(n=count(len(rows), "transfer leads", "transfers lead"))
    if status["unknown"]:
        text = tr("{n} outside the EEA").format(
            n=count(len(rows), "transfer leads or may lead", "transfers lead or may lead")
        )
    parts: list[str] = []
    if none := status["uncovered"] - other:
        parts.append(trn("{n} has no recorded basis", "{n} have no recorded basis", none).format(n=number(none)))
    if other:
        told = trn("the basis of {n} does not cover it", "the basis of {n} does not cover them", other)
        parts.append(told.format(n=number(other)))
    if status["expired"]:
        parts.append(tr("the basis of {n} has expired").format(n=number(status["expired"])))
    if status["decision_needed"]:
        parts.append(tr("{n} wait for your register").format(n=number(status["decision_needed"])))
    if status["unknown"]:
        parts.append(tr("{n} cannot be told").format(n=number(status["unknown"])))
    if status["covered"]:
        parts.append(trn("{n} is covered", "{n} are covered", status["covered"]).format(n=number(status["covered"])))
    return f"{text}: {join(parts)}."


def findings(content: ReportContent) -> str:
    """Findings by severity in a sentence."""
    verdicts = content.summary.verdicts
    failed, lived_with = verdicts.get("fail", 0), verdicts.get("accepted", 0)
    total = _checks(content)
    run = total - verdicts.get("not_checked", 0)
    if not total:
        return tr("No check was run.")
    if not run:
        return tr("No check could be run.")
    if not failed and lived_with:
        return trn(
            "Of {n} check that could be run, {k} failed and is accepted; no other failed.",
            "Of {n} checks that could be run, {k} failed and are accepted; no other failed.",
            run,
        ).format(n=number(run), k=number(lived_with))
    if not failed:
        return trn(
            "The {n} check that could be run did not fail.", "None of the {n} checks that could be run failed.", run
        ).format(n=number(run))
    by = [
        f"{number(n)} {severity(s).lower()}"
        for s in ("critical", "high", "medium", "low", "info")
        if (n := content.summary.by_severity.get(s, 0))
    ]
    text = tr("{k} of {n} failed").format(k=number(failed), n=count(total, "check", "checks"))
    return f"{text}: {join(by)}." if by else f"{text}."


def not_checked(content: ReportContent) -> str:
    """What could not be checked, in a sentence."""
    waiting = content.summary.verdicts.get("not_checked", 0)
    if not waiting:
        return tr("Every check of what was read could be run.") if _checks(content) else tr("No check was run.")
    text = trn(
        "{n} check could not be run. It is not a pass: what was not read may be in order or not.",
        "{n} checks could not be run. They are not passes: what was not read may be in order or not.",
        waiting,
    )
    return text.format(n=number(waiting))


def limits(content: ReportContent) -> str:
    """What bounds every other sentence: how much was read, and that what was not checked is no pass."""
    connections = content.head.scan.connections
    complete = sum(c.complete for c in connections)
    read = trn("{k} of {n} connection is complete", "{k} of {n} connections are complete", len(connections))
    first = read.format(k=number(complete), n=number(len(connections))) if connections else scope(content)[:-1]
    return f"{first}. {not_checked(content)}" if connections else f"{first}."


def decisions(content: ReportContent) -> str:
    """What waits for the organisation, in a sentence."""
    if not content.decisions:
        return tr("No check waits for a decision of yours.")
    return trn(
        "{n} decision of yours would let more checks run.",
        "{n} decisions of yours would let more checks run.",
        len(content.decisions),
    ).format(n=number(len(content.decisions)))


def accepted(content: ReportContent) -> str:
    """What was accepted, in a sentence."""
    if not content.accepted:
        return tr("No finding has been accepted.")
    return trn(
        "{n} finding has been accepted by somebody with a reason and an end date.",
        "{n} findings have been accepted by somebody with a reason and an end date.",
        len(content.accepted),
    ).format(n=number(len(content.accepted)))
