"""Places, arcs between countries, and the settings of the policy, as the window shows them. Imports no Qt."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from app.desktop.snapshot import Arc, PlaceRow, PolicyRow, RuleRow
from app.report import figures, words
from app.texts import tr, trn

if TYPE_CHECKING:
    from app.report.content import ReportContent
    from app.report.fromstore import StoreSource
    from rules.judgement import Decision

_MOST_SHOWN = 6


def place_rows(content: "ReportContent") -> tuple[PlaceRow, ...]:
    """Each place with what is there; the one with most comes first."""
    from app.report.pdf.mapdata import centres

    middles = centres()
    rows: list[PlaceRow] = []
    for p in content.places:
        one = p.place.countries[0] if len(p.place.countries) == 1 else None
        longitude, latitude = p.place.longitude, p.place.latitude
        if one is None:
            longitude = latitude = None  # spread over several countries, or not known: no single point would be true
        elif (longitude is None or latitude is None) and one in middles:
            longitude, latitude = middles[one]
        rows.append(
            PlaceRow(
                words.place(p.place, content.countries),
                words.countries(p.place.countries, content.countries),
                p.place.status,
                p.data,
                p.personal,
                p.gpus,
                p.gpus_unknown,
                p.keys,
                p.failing,
                p.place.countries,
                longitude,
                latitude,
            )
        )
    return tuple(sorted(rows, key=lambda r: (-(r.data + r.gpus + r.keys), r.name)))


def arcs(content: "ReportContent") -> tuple[Arc, ...]:
    """Flows by pair of countries; those without a valid basis come last, so that they are drawn on top."""
    bare = {r.flow.id for r in content.transfers if r.transfer.status in ("uncovered", "expired")}
    found: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for flow in content.flows:
        for source in flow.source_countries[:1]:
            for target in flow.target_countries[:1]:
                if source != target:
                    found[source, target].append(flow.id in bare)
    made = [Arc(source, target, len(flags), any(flags)) for (source, target), flags in found.items()]
    return tuple(sorted(made, key=lambda a: (a.bare, a.source, a.target)))


def rule_rows(source: "StoreSource", counts: "Mapping[str, Mapping[str, int]]") -> tuple[RuleRow, ...]:
    """Every rule with what it found, those that are violated most first."""
    rows: list[RuleRow] = []
    for rule in source.rules:
        found = counts.get(rule.id, {})
        law = ", ".join(p.citation for p in map(source.provision, rule.law) if p)
        rows.append(
            RuleRow(
                rule.id,
                rule.title,
                rule.severity,
                law,
                rule.explanation,
                tuple(f"{words.provider(p)}: {text}" for p, text in rule.remediation.items()),
                rule.not_checked_when,
                tuple(check.condition.text for check in rule.checks),
                len(rule.cases),
                not rule.id.startswith("SIT-"),
                found.get("fail", 0),
                found.get("not_checked", 0),
                found.get("accepted", 0),
                found.get("pass", 0),
            )
        )
    return tuple(sorted(rows, key=lambda r: (-r.fails, r.id)))


def policy_rows(source: "StoreSource", decisions: "Sequence[Decision]") -> tuple[PolicyRow, ...]:
    """Every decision, those that verdicts wait for first, then every threshold with its value."""
    from msgspec import UNSET

    from rules.policy.fields import SETTINGS

    policy = source.by.policy
    waiting = {d.decision.removeprefix("policy."): d for d in decisions}
    rows: list[PolicyRow] = []
    for s in SETTINGS.values():
        value = getattr(policy, s.name)
        wait = waiting.get(s.name)
        shown = "" if value is UNSET else _shown(s.name, value, source)
        if not s.decision and s.name not in policy.given:
            shown = tr("{value} (default)").format(value=shown)
        rows.append(
            PolicyRow(
                s.name,
                _question(s.name, s.sentence),
                shown,
                s.decision,
                wait.waiting if wait else 0,
                tuple(wait.rules) if wait else (),
                not s.decision,
            )
        )
    rows += optional(tr("written in the file") if "classify" in policy.given else "", policy.organisation or "")
    return tuple(sorted(rows, key=lambda r: (not r.decision, r.threshold, bool(r.value), -r.waiting)))


def optional(classify: str, organisation: str) -> list[PolicyRow]:
    """Settings that no rule asks for, and that people want all the same."""
    question = tr("What are assets that carry no tag? By account, by a pattern of names, or one by one.")
    return [
        PolicyRow("classify", question, classify, False),
        PolicyRow("organisation", tr("What is the organisation called? It stands on the report."), organisation, False),
    ]


def unanswered() -> tuple[PolicyRow, ...]:
    """Every question, before anything was judged."""
    from rules.policy.fields import SETTINGS

    rows = [
        PolicyRow(
            s.name,
            _question(s.name, s.sentence),
            "" if s.decision else tr("{value} (default)").format(value=_plain(s.default)),
            s.decision,
            threshold=not s.decision,
        )
        for s in SETTINGS.values()
    ]
    return tuple(sorted([*rows, *optional("", "")], key=lambda r: (not r.decision, r.threshold)))


def _question(name: str, sentence: str) -> str:
    if name == "severities":
        return tr("How grave are failures of single rules?")
    return figures.in_text(tr(sentence))


def _plain(value: Any) -> str:
    if value is None:
        return tr("not set")
    if value in ({}, ()):
        return tr("none")
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _shown(name: str, value: Any, source: "StoreSource") -> str:
    if value is None:
        return tr("not set")
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, int):
        return words.number(value)
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return words.day(value)
    if name == "allowed_countries":
        names: list[str] = sorted(tr(source.country(c) or c) for c in value)
        return trn("{n} country", "{n} countries", len(names)).format(n=len(names)) + ": " + ", ".join(names)
    if name == "severities":
        told = cast("Mapping[str, str]", value)
        return "; ".join(f"{rule}: {words.severity(one)}" for rule, one in told.items()) or tr("as each rule says")
    if isinstance(value, Mapping):
        pairs = list(cast("Mapping[Any, Any]", value).items())[:_MOST_SHOWN]
        return "; ".join(f"{k} → {_brief(v)}" for k, v in pairs) or tr("declared empty")
    if isinstance(value, Iterable):
        items = [_brief(v) for v in cast("Iterable[Any]", value)]
        more = len(items) - _MOST_SHOWN
        rest = [trn("and {n} more", "and {n} more", more).format(n=more)] if more > 0 else []
        return "; ".join([*items[:_MOST_SHOWN], *rest]) or tr("declared empty")
    return _brief(value)


def _brief(value: Any) -> str:
    import msgspec

    plain = msgspec.to_builtins(value)
    if isinstance(plain, Mapping):
        named = cast("Mapping[Any, Any]", plain).items()
        told = [f"{str(k).replace('_', ' ')} {_brief(v)}" for k, v in named if v not in (None, (), [], {})]
        return ", ".join(told[:4])
    if isinstance(plain, list | tuple):
        return ", ".join(str(v) for v in cast("Sequence[Any]", plain)[:4])
    return str(plain)
