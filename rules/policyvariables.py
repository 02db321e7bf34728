"""The policy as conditions see it."""

from typing import Any

from rules.policy import Policy


class _Decisions(dict[str, Any]):
    """The policy as conditions see it: a decision that was not taken says so."""

    def __missing__(self, name: str) -> Any:
        from rules.condition import Absent

        raise Absent(f"policy.{name}", "decision_needed")


class _ByClass(dict[str, Any]):
    """A setting by data class: special-category data have at least what is asked of personal data."""

    def __init__(self, name: str, values: dict[str, Any], default: Any) -> None:
        super().__init__(values)
        if "personal" in values:
            self.setdefault("special_category", values["personal"])
        self._name = name
        self._default = default

    def __missing__(self, key: str) -> Any:
        from rules.condition import Absent

        if self._default is not None:
            return self._default
        raise Absent(f'policy.{self._name}["{key}"]', "decision_needed")


def variables_of(policy: Policy) -> dict[str, Any]:
    """The policy as conditions see it: what was not decided says so, settings by class and provider tell for all."""
    found = _Decisions(policy.as_variables())
    if "required_custody" in found:
        found["required_custody"] = _ByClass("required_custody", found["required_custody"], "none")
    if "retention_days" in found:
        found["retention_days"] = _ByClass("retention_days", found["retention_days"], None)
    if "required_boundary" in found:
        found["required_boundary"] = _Boundary(found["required_boundary"])
    if "trusted_accounts" in found:
        found["trusted_accounts"] = _parties(found["trusted_accounts"])
    return found


def _parties(named: list[str]) -> list[str]:
    """Trusted parties by the ids that relations give them: without the word before the colon or the slash."""
    found = dict.fromkeys(named)
    for text in named:
        for word in ("account:", "organization:", "organizations/", "tenant:", "domain:"):
            if text.startswith(word) and len(text) > len(word):
                name = text.removeprefix(word)
                found.update({name: None, name.lower(): None})
    return list(found)


class _Boundary(dict[str, Any]):
    """Required boundaries by provider; a provider that is not named needs none."""

    def __missing__(self, key: str) -> None: ...
