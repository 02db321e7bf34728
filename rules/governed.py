"""What governs accounts: what they are part of, the guardrails that reach them, the audit logs that cover them."""

from collections.abc import Mapping
from typing import Any, Final

from rules.condition import Lack, Unknown
from rules.derive import Record
from rules.related import Records
from rules.seen import Key
from rules.world import World

_CONTENT_FILTER: Final = "AWS::Bedrock::Guardrail"
"""Filters what is said to a model; does not govern where it computes."""

_SPARES_ITS_OWNER: Final = frozenset({"AWS::Organizations::Policy", "AWS::Organizations::ResourceControlPolicy"})
"""Control policies of an organisation of AWS: they lie in its management account, and bind every account but that one
(AWS Organizations User Guide, "Tasks and entities not restricted by SCPs")."""

_GOOGLE: Final = "orgpolicy.googleapis.com/Policy"

_NO_GUARDS: Final = frozenset({"accessanalyzer", "bedrock", "controltower", "macie2", "ram", "redshift", "securityhub"})
"""Services of AWS whose policies report, share or filter and keep nobody from anything; Control Tower enforces by
policies of the organisation, which are read as such."""

_ONLY_PUBLIC: Final = frozenset({"ec2", "s3"})
"""Services of AWS whose own guards are blocks of public access."""

_NO_TRAILS: Final = frozenset({"config", "ec2"})
"""Services of AWS whose logs hold no administrative calls: recorded settings and the traffic of networks."""


def by_uid(record: Record) -> str:
    """Orders records: what comes first must not depend on what was read first."""
    return str(record.get("uid", ""))


def lack(path: str, reason: str = "not_read", of: str | None = None) -> Unknown:
    """A result that is not known because of one thing."""
    return Unknown((Lack(path, reason, of),))


class Governed:
    """Accounts and what is above them."""

    def __init__(self, world: World, records: Records) -> None:
        self._world = world
        self._records = records
        self._policies: list[Record] | None = None
        self._accounts: dict[str, Record] | None = None
        self._guards: dict[tuple[str, str], Record | Unknown | None] = {}
        self._trails: dict[str, list[Record]] | None = None

    def _numbers(self, x: Record | str) -> list[int]:
        account = x if isinstance(x, str) else str(x.get("id") or x.get("account") or "")
        return self._world.accounts_by_id.get(account.casefold(), [])

    def _keys(self, x: Record | str) -> list[Key]:
        found = [self._world.tables.account_keys[n] for n in self._numbers(x)]
        # hardware of one's own that a cloud manages is seen with that cloud's account, and has no coverage of its own
        return sorted([key for key in found if key in self._world.seen.cells] or found)

    def trails(self, x: Record) -> list[Record] | Unknown:
        """Audit logs that cover an account: those it states, those that lie in it, and those of what it is part of.

        Where audit logs were not (wholly) read, an empty list is unknown, and another one ends with an empty record.
        """
        above = self._above(str(x.get("id") or x.get("account") or ""))
        found: list[Record] = list(x.get("trails") or ())
        if self._trails is None:
            self._trails = {}
            for batch in self._world.estate.assets(("log.trail",)):
                for node, asset in batch:
                    self._trails.setdefault(asset.account.casefold(), []).append(self._records.full(asset, node))
            for trails in self._trails.values():
                trails.sort(key=by_uid)
        for account in sorted(above):
            found += self._trails.get(account, ())
        keys = self._keys(x)
        if x.get("provider") == "aws" and x.get("organisation", "not read") is not None:
            # The trail of an organisation lies in another account than those it covers.
            own = str(x.get("id") or x.get("account") or "").casefold()
            over = [key for account in sorted(above.keys() - {own}) for key in self._keys(account)]
            keys = [*keys, *over] if over else []
        if "trails" in x or (keys and all(self._world.seen.asked(key, ("log.trail",), _NO_TRAILS) for key in keys)):
            return found
        return [*found, {}] if found else lack("account.trails", "not_read", x.get("uid"))

    def _account(self, account: str) -> Record | None:
        if self._accounts is None:
            self._accounts = {}
            for batch in self._world.estate.assets(("account",)):
                for node, asset in batch:
                    name, known = asset.account.casefold(), self._accounts.get(asset.account.casefold())
                    if known is None or asset.uid < known["uid"]:
                        self._accounts[name] = self._records.full(asset, node)
        return self._accounts.get(account.casefold())

    def account_record(self, provider: str, account: str) -> Record:
        """The account asset, or, where none was read, what is known of it: provider, id and who owns it by policy."""
        found = self._account(account)
        if found is not None:
            return found
        record: Record = {
            "uid": f"account:{account}",
            "provider": provider,
            "account": account,
            "kind": "account",
            "id": account,
        }
        owner = self._world.owners.get(account.casefold())
        if owner is not None:
            record.update(owner_entity=owner.entity, owner_country=owner.country)
        return record

    def guardrail(self, x: Record | str, type_: str) -> Record | Unknown | None:
        """The enforced policy of a type that reaches an account; None where there is none, unknown if not read."""
        account = x if isinstance(x, str) else str(x.get("id") or x.get("account") or "")
        key = (account.casefold(), type_)
        if key not in self._guards:
            self._guards[key] = self._guardrail(account, type_)
        return self._guards[key]

    def _guardrail(self, account: str, type_: str) -> Record | Unknown | None:
        if self._policies is None:
            every = (pair for batch in self._world.estate.assets(("governance.policy",)) for pair in batch)
            found = [self._records.full(asset, node) for node, asset in every if asset.native_type != _CONTENT_FILTER]
            self._policies = sorted(found, key=by_uid)
        above = self._above(account)
        unsure = False
        enforcing: list[Record] = []
        reaching = [p for p in self._policies if p.get("type", type_) == type_ and self._reaches(p, above)]
        beside = _NO_GUARDS if type_ == "public_access" else _ONLY_PUBLIC | _NO_GUARDS
        for policy in _nearest(reaching, above):
            enforced = policy.get("enforced")
            if enforced is True and "type" in policy and "scope_path" in policy:
                enforcing.append(policy)
            unsure = unsure or enforced is not False
        if enforcing:
            return _together(enforcing)
        keys = self._keys(account)
        read = bool(keys) and all(self._world.seen.asked(key, ("governance.policy",), beside) for key in keys)
        return lack("governance.policy") if unsure or not read else None

    def known_guardrail(self, x: Record | str, type_: str) -> bool:
        """Whether an enforced policy of a type is known to reach an account; false also where none could be read."""
        return isinstance(self.guardrail(x, type_), dict)

    def _above(self, account: str) -> dict[str, int]:
        """The account and everything it is a member of, by uid, id and last part of the uid, with how far above."""
        record = self._account(account)
        found = {account.casefold(): 0}
        if record is None:
            return found
        level = [record["@n"]]
        visited: set[int] = set()
        depth = 0
        while level:
            following: list[int] = []
            for node in level:
                if node in visited:
                    continue
                visited.add(node)
                uid = self._world.estate.uid(node).casefold()
                for name in (uid, uid.rsplit("/", 1)[-1], uid.rsplit(":", 1)[-1]):
                    found.setdefault(name, depth)
                following += self._world.graph.targets(node, "member_of")
            level, depth = following, depth + 1
        if record.get("organisation"):
            found.setdefault(str(record["organisation"]).casefold(), depth)
        return found

    def _reaches(self, policy: Record, above: Mapping[str, int]) -> bool:
        """Whether a policy reaches an account: by the scope that it states, or by whatever else it is attached to."""
        if policy.get("native_type") in _SPARES_ITS_OWNER and above.get(str(policy["account"]).casefold()) == 0:
            return False
        if _distance(policy, above) is not None:
            return True
        attached = self._world.graph.targets(policy["@n"], "member_of")
        return any(self._world.estate.uid(node).casefold() in above for node in attached)

    def guard_denies(self, x: Record | str, what: str) -> bool | Unknown:
        """Whether an enforced policy stops AI services from computing elsewhere."""
        found = self.guardrail(x, "ai_scope")
        return found if isinstance(found, Unknown) else found is not None


def _together(policies: list[Record]) -> Record:
    """Several policies that are in force as one: only what all of them allow is allowed. Where one does not say what it
    allows, nor do they together."""
    if len(policies) == 1:
        return policies[0]
    found = dict(policies[0])
    for name in ("allowed_regions", "allowed_countries"):
        stated: list[Any] = [policy.get(name) for policy in policies]
        if all(isinstance(allowed, list) for allowed in stated):
            found[name] = sorted(set(stated[0]).intersection(*stated[1:]))
        else:
            found.pop(name, None)
    return found


def _distance(policy: Record, above: Mapping[str, int]) -> int | None:
    """How far above an account a policy is attached; None where it does not reach it."""
    scope = str(policy.get("scope_path") or "").casefold()
    if not scope:
        return above.get(str(policy["account"]).casefold())
    return above.get(scope, above.get(scope.strip("/").rsplit("/", 1)[-1]))


def _nearest(policies: list[Record], above: Mapping[str, int]) -> list[Record]:
    """Of Google's organisation policies on one constraint the nearest: it stands for what is inherited, or replaces it.

    Policies of other clouds add up, so all of them stay.
    """
    least: dict[str, int] = {}
    for policy in policies:
        if policy.get("native_type") == _GOOGLE:
            name, distance = str(policy.get("name")), _distance(policy, above) or 0
            least[name] = min(distance, least.get(name, distance))
    return [
        p
        for p in policies
        if p.get("native_type") != _GOOGLE or (_distance(p, above) or 0) == least[str(p.get("name"))]
    ]
