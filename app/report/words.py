"""What things are called in front of people, in reports and in the window alike."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from app.report.source import Place
from app.texts import language, tr, trn
from rules.policy.fields import DECISIONS, THRESHOLDS
from scanners.model import ATTRIBUTES, CORE, KINDS


def number(value: int) -> str:
    """A whole number with thin groups: 12 345."""
    return f"{value:,}".replace(",", "\u202f")


def count(value: int, singular: str, plural: str) -> str:
    """`3 stores`: the number with its noun, both already in English; translated as a pair."""
    return trn(f"{{n}} {singular}", f"{{n}} {plural}", value).format(n=number(value))


def day(value: date | None) -> str:
    """`22 November 2026`, or an en dash where there is none."""
    if value is None:
        return "–"
    month = tr(_MONTHS[value.month - 1])
    return tr("{day} {month} {year}").format(day=value.day, month=month, year=value.year)


def moment(value: datetime | None) -> str:
    """`22 November 2026, 10:04 UTC`, or "not known"."""
    return tr("not known") if value is None else f"{day(value.date())}, {value:%H:%M} UTC"


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_PROVIDERS = {
    "aws": "AWS",
    "aws-eusc": "AWS European Sovereign Cloud",
    "azure": "Azure",
    "gcp": "Google Cloud",
    "kubernetes": "Kubernetes",
    "on_prem": "own site",
    "coreweave": "CoreWeave",
    "ovhcloud": "OVHcloud",
    "scaleway": "Scaleway",
    "hetzner": "Hetzner",
    "upcloud": "UpCloud",
    "stackit": "STACKIT",
    "otc": "Open Telekom Cloud",
    "outscale": "3DS Outscale",
    "lambda": "Lambda",
    "nebius": "Nebius",
    "oci": "Oracle Cloud",
    "ibm": "IBM Cloud",
}


def provider(name: str) -> str:
    """A provider's name for people."""
    return _PROVIDERS.get(name, name)


def kind(name: str) -> str:
    """A kind of asset for people."""
    return tr(KINDS.get(name) or name.replace("_", " "))


def flow_kind(name: str) -> str:
    """A kind of flow for people."""
    return tr(_FLOWS.get(name) or name.replace("_", " "))


_FLOWS = {
    "training_read": "training job reads data",
    "training_write": "training job writes data",
    "deploy": "model put into service",
    "inference": "model answers requests",
    "replication": "automatic copy",
    "backup": "backup copy",
    "transfer_job": "transfer job",
    "share": "shared with another party",
    "log": "logs sent",
    "access": "read by another party",
}

STATUS = {
    "eea": "EEA",
    "adequate": "adequacy decision",
    "adequate_partial": "adequacy for certified recipients only",
    "third_country": "third country",
    "unknown": "not known",
}


def status(name: str) -> str:
    """The GDPR status of a place."""
    return tr(STATUS.get(name, name))


CLASSES = {
    "special_category": "special category",
    "personal": "personal",
    "pseudonymised": "pseudonymised",
    "unclassified": "unclassified",
    "anonymous": "anonymous",
    "public": "public",
}


def data_class(name: str | None) -> str:
    """The class of data."""
    return tr("not known") if name is None else tr(CLASSES.get(name, name))


CUSTODY = {
    "none": "nobody: not encrypted",
    "provider": "the cloud provider",
    "customer": "your organisation, in the provider’s key service",
    "customer_hsm": "your organisation, in the provider’s hardware module",
    "dedicated_hsm": "your organisation, in a module of its own",
    "external": "a key manager outside the provider",
}
_CUSTODY_SHORT = {
    "none": "not encrypted",
    "provider": "provider",
    "customer": "you, key service",
    "customer_hsm": "you, shared module",
    "dedicated_hsm": "you, own module",
    "external": "outside provider",
}


def custody(name: str | None, *, short: bool = False) -> str:
    """Who holds the key."""
    table = _CUSTODY_SHORT if short else CUSTODY
    return tr("not known") if name is None else tr(table.get(name, name))


_SEVERITIES = {"critical": "Critical", "high": "High", "medium": "Medium", "low": "Low", "info": "To assess"}
_SEVERITY_MEANING = {
    "critical": "Likely unlawful, or exposed now.",
    "high": "A safeguard that is required is absent.",
    "medium": "Weakens the proof or the depth of protection.",
    "low": "Good housekeeping.",
    "info": "Needs an assessment by people.",
}


def severity(name: str) -> str:
    """How grave, in a word."""
    return tr(_SEVERITIES.get(name, name))


def severity_meaning(name: str) -> str:
    """What the word for a severity means."""
    return tr(_SEVERITY_MEANING.get(name, ""))


_MECHANISMS = {
    "adequacy": "adequacy decision (Art. 45)",
    "dpf": "Data Privacy Framework (Art. 45)",
    "scc": "standard contractual clauses (Art. 46)",
    "bcr": "binding corporate rules (Art. 47)",
    "adhoc": "clauses approved by an authority (Art. 46)",
    "derogation": "derogation (Art. 49)",
}
_TRANSFER_STATUS = {
    "covered": "covered",
    "expired": "expired",
    "uncovered": "no basis recorded",
    "decision_needed": "no register given",
    "unknown": "cannot be told",
}


_VERDICTS = {
    "fail": "failed",
    "not_checked": "not checked",
    "accepted": "accepted",
    "pass": "passed",
    "not_applicable": "did not apply",
}


def verdict(name: str) -> str:
    """A verdict for people."""
    return tr(_VERDICTS.get(name, name))


def stale(known: bool) -> str:
    """What to add to an asset that this scan did not see; empty for one that it did."""
    return tr("known from an earlier scan, not seen in this one") if known else ""


def notes(*parts: str) -> str:
    """The parts that say something, with commas."""
    return ", ".join(p for p in parts if p)


def mechanism(name: str | None) -> str:
    """The legal instrument of a transfer."""
    return tr("none recorded") if name is None else tr(_MECHANISMS.get(name, name))


def transfer_status(name: str, mechanism: str | None = None) -> str:
    """What the register says about a transfer; `mechanism`: what it names for it, though that may not cover it."""
    if name == "uncovered" and mechanism is not None:
        return tr("basis does not cover it")
    return tr(_TRANSFER_STATUS.get(name, name))


_REASONS: Mapping[str, tuple[str, str]] = {
    "not_read": ("Not read", "Whoever runs the scan: read this account again with the rights named here."),
    "not_exported": (
        "Not in the exported files",
        "The platform team: export it as well, or connect the account so that Situs can read it.",
    ),
    "denied": ("Refused", "The administrator of the account: grant the read-only right named here."),
    "unknown_place": (
        "In a place whose country is not known",
        "You: state the place in the declared sites or in the policy.",
    ),
    "facts_too_old": (
        "Facts about law are too old",
        "You: install a newer edition of the catalogue (situs catalogue install).",
    ),
    "not_recorded": ("Not recorded in the transfer register", "You: record it in the transfer register."),
    "not_collected": ("Not collected", "Whoever runs the scan: include this service."),
    "not_asked": ("Not asked for", "Whoever runs the scan: include this service."),
    "partial": ("Read in part only", "Whoever runs the scan: run it again; the files ended early or calls failed."),
    "disabled": ("Switched off in the account", "The administrator of the account: switch the interface on."),
    "unsupported": ("Cannot be shown by the provider", "Nobody, from here: ask the provider in writing."),
    "throttled": ("Cut off by the provider’s limits", "Whoever runs the scan: run it again, gently."),
    "timeout": ("No answer in time", "Whoever runs the scan: run it again."),
    "expired": ("Cut off when the sign-in ended", "Whoever runs the scan: sign in again and repeat."),
    "error": ("An error came back", "Whoever runs the scan: see the coverage table, then run it again."),
}


def reason(name: str) -> str:
    """Why something is missing, as a heading."""
    return tr(_REASONS[name][0]) if name in _REASONS else name.replace("_", " ").capitalize()


def remedy(name: str) -> str:
    """Who can mend it and how."""
    return tr(_REASONS[name][1]) if name in _REASONS else tr("Whoever runs the scan: see the coverage table.")


_COVERAGE = {
    "collected": "read",
    "empty": "read, nothing there",
    "partial": "read in part",
    "denied": "refused",
    "disabled": "switched off",
    "unsupported": "not offered by the provider",
    "throttled": "cut off by limits",
    "timeout": "no answer in time",
    "expired": "sign-in ended",
    "error": "error",
    "not_exported": "not in the files",
    "not_asked": "not asked for",
}


def coverage_status(name: str) -> str:
    """What became of an attempt to read."""
    return tr(_COVERAGE.get(name, name))


def decision(name: str) -> str:
    """The question behind a policy field."""
    field = name.removeprefix("policy.")
    return tr(DECISIONS.get(field) or field.replace("_", " "))


_ATTRIBUTES = {
    "tia_result": "the result of the transfer impact assessment",
    "loc": "its place",
    "src_loc": "the place that data come from",
    "dst_loc": "the place that data go to",
    "dc": "its class of data",
    "tags": "its labels (tags)",
    "encrypted": "encryption at rest",
    "custody": "who holds the key",
    "public_access": "whether anyone may read it",
    "shared_with": "who it is shared with",
    "encrypted_by": "the key it is encrypted by",
    "replicates_to": "where it is copied to",
    "backs_up_to": "where its backups go",
    "logs_to": "where its logs go",
    "trained_from": "what it was trained from",
    "deployed_as": "where it is put into service",
    "member_of": "what it belongs to",
    "runs_on": "what it runs on",
    "reads": "the data it reads",
    "writes": "the data it writes",
    "trusts": "who may act as it",
    "peers_with": "the networks it is linked to",
    "overflows_to": "where its overflow goes",
}


def end(uid: str) -> str:
    """An end of a flow that is no asset on record: a party, the provider's own choice of place, or an address."""
    word, _, name = uid.partition(":")
    if uid == "public":
        return tr("anyone")
    if word == "processing":
        return tr("wherever the provider computes it")
    if word in ("account", "tenant", "organization", "domain") and name:
        return f"{tr(word)} {name}"
    return name if word == "external" and name else uid


def attribute(name: str) -> str:
    """What is missing, in words: a kind of asset, an attribute by its meaning, a relation; else its name."""
    name, _, of = name.partition(" (")
    if of:
        return f"{attribute(name)} ({short(tr(of.removesuffix(')')), 60)})"
    if name in KINDS:
        return tr("list of: {kind}").format(kind=kind(name))
    steps = name.removeprefix("asset.").removeprefix("flow.").split(".")
    last = re.split(r"[\[( ]", steps[-1])[0]
    known = ATTRIBUTES.get(last) or CORE.get(last)
    plain = tr(
        _ATTRIBUTES.get(last) or (known.meaning.split(";")[0].split(":")[0] if known else last.replace("_", " "))
    )
    ends = {"src": tr("of the source"), "dst": tr("of the target")}
    return f"{plain}, {ends[steps[0]]}" if steps[0] in ends and len(steps) > 1 else plain


def countries(codes: Iterable[str], names: Mapping[str, str], *, most: int = 4) -> str:
    """Names of countries, the first few, then how many more; "not known" where there are none."""
    listed = [names.get(code, code) for code in codes]
    if not listed:
        return tr("not known")
    if len(listed) > most:
        rest = len(listed) - (most - 1)
        return ", ".join(listed[: most - 1]) + " " + trn("and {n} more", "and {n} more", rest).format(n=rest)
    return ", ".join(listed)


_WITH_ARTICLE = frozenset(
    {"AE", "BS", "CF", "CG", "CD", "DO", "GB", "GM", "KM", "MH", "MV", "NL", "PH", "SC", "SB", "US"}
)


def in_prose(codes: Iterable[str], names: Mapping[str, str], *, most: int = 4) -> str:
    """Names of countries for a sentence: `Singapore and the United States`."""
    named = sorted((names.get(code, code), code) for code in codes)
    articles = language() == "en"
    listed = [
        f"the {name}" if articles and code in _WITH_ARTICLE and not name.startswith("The") else name
        for name, code in named
    ]
    if len(listed) > most:
        rest = len(listed) - (most - 1)
        listed = [*listed[: most - 1], trn("{n} more country", "{n} more countries", rest).format(n=rest)]
    return join(listed)


def threshold(name: str) -> str:
    """What a threshold of the policy is for."""
    return tr(THRESHOLDS.get(name) or name.replace("_", " "))


def place(value: Place | None, names: Mapping[str, str]) -> str:
    """A place for people: its name, or its countries, or that it is not known."""
    if value is None:
        return tr("not known")
    if value.everywhere and not value.name:
        return tr("any country")
    return value.name or countries(value.countries, names)


def beside(value: Place | None, names: Mapping[str, str]) -> str:
    """The countries of a place, where its name does not tell them already."""
    if value is None or value.everywhere:
        return ""
    if value.name and value.countries and names.get(value.countries[0], value.countries[0]) in value.name:
        return ""
    told = countries(value.countries, names)
    return "" if told == place(value, names) else told


def join(items: Sequence[str]) -> str:
    """`a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return tr("{many} and {last}").format(many=", ".join(items[:-1]), last=items[-1])


def short(text: str, most: int) -> str:
    """An identifier shortened in the middle to at most so many characters."""
    if len(text) <= most:
        return text
    tail = (most - 1) * 3 // 5
    return f"{text[: most - 1 - tail]}…{text[-tail:]}"
