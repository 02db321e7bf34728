"""The tables behind `app.report.words`: what codes are called for people, in English; `words` translates them."""

from collections.abc import Mapping

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

PROVIDERS = {
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

FLOWS = {
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

CLASSES = {
    "special_category": "special category",
    "personal": "personal",
    "pseudonymised": "pseudonymised",
    "unclassified": "unclassified",
    "anonymous": "anonymous",
    "public": "public",
}

CUSTODY = {
    "none": "nobody: not encrypted",
    "provider": "the cloud provider",
    "customer": "your organisation, in the provider’s key service",
    "customer_hsm": "your organisation, in the provider’s hardware module",
    "dedicated_hsm": "your organisation, in a module of its own",
    "external": "a key manager outside the provider",
}

CUSTODY_SHORT = {
    "none": "not encrypted",
    "provider": "provider",
    "customer": "you, key service",
    "customer_hsm": "you, shared module",
    "dedicated_hsm": "you, own module",
    "external": "outside provider",
}

SEVERITIES = {"critical": "Critical", "high": "High", "medium": "Medium", "low": "Low", "info": "To assess"}

SEVERITY_MEANING = {
    "critical": "Likely unlawful, or exposed now.",
    "high": "A safeguard that is required is absent.",
    "medium": "Weakens the proof or the depth of protection.",
    "low": "Good housekeeping.",
    "info": "Needs an assessment by people.",
}

MECHANISMS = {
    "adequacy": "adequacy decision (Art. 45)",
    "dpf": "Data Privacy Framework (Art. 45)",
    "scc": "standard contractual clauses (Art. 46)",
    "bcr": "binding corporate rules (Art. 47)",
    "adhoc": "clauses approved by an authority (Art. 46)",
    "derogation": "derogation (Art. 49)",
}

TRANSFER_STATUS = {
    "covered": "covered",
    "expired": "expired",
    "uncovered": "no basis recorded",
    "decision_needed": "no register given",
    "unknown": "cannot be told",
}

VERDICTS = {
    "fail": "violation",
    "not_checked": "not checked",
    "accepted": "accepted",
    "pass": "passed",
    "not_applicable": "did not apply",
}

REASONS: Mapping[str, tuple[str, str]] = {
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

COVERAGE = {
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

PLAIN = {
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
