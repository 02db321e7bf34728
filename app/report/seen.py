"""What a rule saw, for people: names and values instead of a condition."""

import re

from app.texts import tr, trn

NOTE = re.compile(
    r"(?P<path>[a-z_][a-z_0-9]*(?:\([a-z_., ]*\))?(?:\.[a-z_][a-z_0-9]*)+)"
    r"(?: is (?P<value>\"(?:[^\"\\]|\\.)*\"|\[[^\[\]]*\]|[^,;\[\]{}]+)|: (?P<reason>[a-z ]+))"
)
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
BRACKET = re.compile(r"  \[(.*?)\](?=; |$)", re.DOTALL)
_STEPS = {
    "asset": "",
    "flow": "",
    "src": "source",
    "dst": "target",
    "loc": "place",
    "src_loc": "source place",
    "dst_loc": "destination place",
    "dst_account": "destination account",
    "transfer_register": "register entries",
    "dc": "class of data",
    "gpu_count": "GPUs",
    "https_only": "encrypted connections only",
    "encrypted": "encrypted at rest",
    "secondary_loc": "second copies",
    "backup_loc": "backups",
    "expire_days": "deleted after (days)",
    "noncurrent_expire_days": "old versions deleted after (days)",
    "custody": "key held by",
    "ai_optout": "opt-out from AI use",
    "public_access": "may be read by anyone",
    "api_public": "control plane on the internet",
    "dc_source": "class stated by",
    "exit_plans": "exit plans",
    "shared_with": "shared with",
}
_PLAINER = (
    (re.compile(r'(?:targets|sources)\((?:asset|flow), "([a-z_]+)"\)'), r"asset.\1"),
    (re.compile(r'guardrail\((?:asset|flow), "([a-z_]+)"\)'), r"asset.guardrail.\1"),
    (re.compile(r"(?<=[a-z_0-9])\[\d+\]"), ""),
)
"""What the other end of a relation, a guardrail and an element of a list are called, so that they read as a path."""
_RECORDS = re.compile(r" is \[(\{.*?\})\]", re.DOTALL)
_MOST_LISTED = 6
_VALUES = {"true": "yes", "false": "no", "null": "none"}


def seen(why: str) -> str:
    """What a rule saw, for people: names and values instead of the condition; a text without them stays as it is."""
    brackets = BRACKET.findall(why)
    notes: dict[str, str] = {}
    for bracket in brackets:
        for match in NOTE.finditer(_plainer(bracket)):
            path = re.sub(r"\(asset\)|\(flow\)", "", match["path"]).replace("(", ".").replace(")", "")
            if path.endswith((".src", ".dst")):  # the row names both ends already
                continue
            listed = match["value"] or ""
            if match["path"].startswith("policy.") and (listed.count(",") > _MOST_LISTED or " items" in listed):
                continue  # a long list of the policy stands in the policy, not in every row
            steps = [_STEPS.get(step, step.replace("_", " ")) for step in path.split(".")]
            value = (match["value"] or match["reason"]).strip()
            shown = f"{float(value):.2f}" if _NUMBER.fullmatch(value) else _VALUES.get(value, value)
            if shown.startswith("[") and shown.endswith("]"):
                shown = shown[1:-1].replace('"', "") or "none"
            if shown.startswith('"') and shown.endswith('"') and len(shown) > 1:
                shown = tr("“{text}”").format(text=shown[1:-1].replace("_", " "))
            notes.setdefault(", ".join(tr(step) for step in steps if step) or match["path"], tr(shown))
    return "; ".join(f"{name}: {value}" for name, value in notes.items()) if notes else why


def _plainer(notes: str) -> str:
    """Notes with every value under a path; of records only their number, since the policy holds them."""
    for pattern, path in _PLAINER:
        notes = pattern.sub(path, notes)
    return _RECORDS.sub(lambda found: f" is {_entries(found[1].count('{'))}", notes)


def _entries(number: int) -> str:
    return trn("{n} entry", "{n} entries", number).format(n=number)
