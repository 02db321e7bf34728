"""A simulated Azure: real addresses and versions, pages, error bodies and quota headers, filled with documents.

What it is asked and does not know (an address, a version, a host) fails the test. Documents are what Resource Manager
would answer; Resource Graph shows those of its types, without the children that the real one does not hold.
"""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from loopback import Asked, Loopback, Reply, UnknownRequestError, loopback

HOST = "management.azure.com"
TENANT = "11111111-aaaa-4aaa-8aaa-111111111111"
TOKEN = "token-of-the-simulated-tenant"  # noqa: S105 - the simulated cloud takes this one only

_GRAPH_TYPES = """
microsoft.azurearcdata/sqlmanagedinstances microsoft.batch/batchaccounts microsoft.cognitiveservices/accounts
microsoft.compute/availabilitysets microsoft.compute/capacityreservationgroups microsoft.compute/diskencryptionsets
microsoft.compute/disks microsoft.compute/galleries microsoft.compute/galleries/images
microsoft.compute/galleries/images/versions microsoft.compute/images microsoft.compute/snapshots
microsoft.compute/virtualmachines microsoft.compute/virtualmachinescalesets microsoft.containerregistry/registries
microsoft.containerregistry/registries/replications microsoft.containerservice/managedclusters
microsoft.databricks/workspaces microsoft.datafactory/factories microsoft.dataprotection/backupvaults
microsoft.dbforpostgresql/flexibleservers microsoft.documentdb/databaseaccounts
microsoft.extendedlocation/customlocations microsoft.fabric/capacities microsoft.hybridcompute/machines
microsoft.keyvault/managedhsms microsoft.keyvault/vaults microsoft.kubernetes/connectedclusters
microsoft.kusto/clusters
microsoft.machinelearningservices/workspaces microsoft.machinelearningservices/workspaces/onlineendpoints
microsoft.machinelearningservices/workspaces/onlineendpoints/deployments microsoft.netapp/netappaccounts
microsoft.netapp/netappaccounts/capacitypools microsoft.netapp/netappaccounts/capacitypools/volumes
microsoft.network/networkinterfaces microsoft.network/networksecuritygroups microsoft.network/privateendpoints
microsoft.network/publicipaddresses microsoft.network/virtualnetworks microsoft.operationalinsights/workspaces
microsoft.purview/accounts microsoft.quantum/workspaces microsoft.recoveryservices/vaults microsoft.sql/servers
microsoft.sql/servers/databases microsoft.storage/storageaccounts microsoft.storagecache/amlfilesystems
microsoft.synapse/workspaces
"""
GRAPH_TYPES = frozenset(_GRAPH_TYPES.split())
"""Types that the simulated Resource Graph shows."""

VERSIONS = {
    "microsoft.authorization/permissions": "2022-04-01",
    "microsoft.authorization/policyassignments": "2026-06-01",
    "microsoft.authorization/policydefinitions": "2026-06-01",
    "microsoft.authorization/policysetdefinitions": "2026-06-01",
    "microsoft.authorization/policyexemptions": "2022-07-01-preview",
    "microsoft.batch": "2025-06-01",
    "microsoft.cognitiveservices/accounts/projects/applications": "2025-10-01-preview",
    "microsoft.cognitiveservices": "2025-09-01",
    "microsoft.compute/disks": "2026-03-02",
    "microsoft.compute/diskencryptionsets": "2026-03-02",
    "microsoft.compute/snapshots": "2026-03-02",
    "microsoft.compute/galleries": "2026-03-03",
    "microsoft.compute": "2026-04-01",
    "microsoft.containerregistry": "2025-11-01",
    "microsoft.containerservice/managedclusters": "2026-08-01",
    "microsoft.customerlockbox": "2018-02-28-preview",
    "microsoft.databricks": "2026-01-01",
    "microsoft.datafactory": "2018-06-01",
    "microsoft.dataprotection": "2025-07-01",
    "microsoft.dbforpostgresql/flexibleservers": "2026-10-01",
    "microsoft.documentdb/databaseaccounts": "2026-03-15",
    "microsoft.hybridcompute": "2026-07-15",
    "microsoft.insights/diagnosticsettings": "2021-05-01-preview",
    "microsoft.keyvault": "2026-05-15",
    "microsoft.kubernetes": "2026-05-01",
    "microsoft.machinelearningservices/workspaces/serverlessendpoints": "2024-04-01",
    "microsoft.machinelearningservices": "2023-04-01",
    "microsoft.management": "2020-05-01",
    "microsoft.netapp": "2026-08-01",
    "microsoft.operationalinsights": "2025-07-01",
    "microsoft.recoveryservices": "2025-02-01",
    "microsoft.resourcegraph": "2021-03-01",
    "microsoft.search": "2025-05-01",
    "microsoft.security/pricings": "2024-01-01",
    "microsoft.security/securitycontacts": "2023-12-01-preview",
    "microsoft.sql": "2025-01-01",
    "microsoft.storage": "2026-09-01",
    "microsoft.storagecache": "2026-08-01",
    "microsoft.synapse": "2021-06-01",
}
"""Version of each interface (the longest name that fits counts); what is not here takes any of the right form."""

_FORM = re.compile(r"^\d{4}-\d\d-\d\d(-preview)?$")
_OF_SUBSCRIPTION = re.compile(r"^/subscriptions/([^/]+)/providers/([^/]+)/([^/]+)$", re.IGNORECASE)
_BELOW = re.compile(r"^(/subscriptions/[^/]+/resourcegroups/[^/]+/providers/.+)/([^/]+)$", re.IGNORECASE)


def error(status: int, code: str, message: str, **headers: str) -> Reply:
    """An error in the form of Resource Manager."""
    return Reply({"error": {"code": code, "message": message}}, status, dict(headers))


class Azure:
    """The documents of a tenant, and what is wrong with it. A fault is (part of the path in lower case, reply)."""

    def __init__(self) -> None:
        self.subscriptions: list[dict[str, Any]] = []
        self.documents: dict[str, dict[str, Any]] = {}  # id in lower case → document
        self.groups: list[dict[str, Any]] = []  # management groups, as Resource Graph shows them
        self.inherited: dict[str, list[dict[str, Any]]] = {}  # subscription → policy assignments from above
        self.violations: dict[str, int] = {}  # policy assignment → resources that do not comply
        self.locations: list[dict[str, Any]] = []
        self.actions: list[str] = ["*/read"]
        self.lockbox: bool | None = True
        self.faults: list[tuple[str, Callable[[Asked], Reply | None]]] = []
        self.rows = 1000
        self.page = 100
        self.lose = 0  # rows that Resource Graph counts and does not show
        self.cut = False  # Resource Graph truncates, and gives no token
        self.queries = 0
        self.asked: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.calls_left = 11999

    # -- filling --------------------------------------------------------------------------------------------------

    def subscription(self, identity: str, name: str, state: str = "Enabled", **more: Any) -> None:
        """Adds a subscription."""
        self.subscriptions.append(
            {
                "id": f"/subscriptions/{identity}",
                "authorizationSource": "RoleBased",
                "managedByTenants": [],
                "subscriptionId": identity,
                "tenantId": TENANT,
                "displayName": name,
                "state": state,
                "subscriptionPolicies": {
                    "locationPlacementId": "Public_2014-09-01",
                    "quotaId": "EnterpriseAgreement_2014-09-01",
                    "spendingLimit": "Off",
                },
                **more,
            }
        )

    def add(self, identity: str, /, location: str | None = None, **document: Any) -> str:
        """Adds a document by its id; type and name follow from it. Returns the uid."""
        steps = identity.split("/providers/")[-1].split("/")
        found = {"id": identity, "name": steps[-1], "type": "/".join([steps[0], *steps[1::2]])}
        if location is not None:
            found["location"] = location
        self.documents[identity.lower()] = {**found, **document}
        return identity.lower()

    # -- answering ------------------------------------------------------------------------------------------------

    def __call__(self, asked: Asked) -> Reply:
        """The answer to one request."""
        path = asked.path.rstrip("/")
        with self.lock:
            self.asked[f"{asked.method} {path.lower()}"] += 1
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return error(401, "InvalidAuthenticationToken", "The access token is invalid.")
        for part, make in self.faults:
            reply = make(asked) if part in path.lower() else None
            if reply is not None:
                return reply
        if asked.host != HOST:
            raise UnknownRequestError(f"host {asked.host}")
        if asked.method == "POST":
            return self._graph(asked, path)
        if asked.method != "GET":
            raise UnknownRequestError(f"{asked.method} changes something")
        reply = self._get(asked, path)
        with self.lock:
            self.calls_left -= 1
        headers = {"x-ms-ratelimit-remaining-subscription-reads": str(self.calls_left), **reply.headers}
        return Reply(reply.body, reply.status, headers)

    def _graph(self, asked: Asked, path: str) -> Reply:
        if path.lower() != "/providers/microsoft.resourcegraph/resources":
            raise UnknownRequestError("POST is for questions to Resource Graph only")
        self._version(asked, "microsoft.resourcegraph/resources")
        body = asked.body
        if not isinstance(body.get("query"), str) or not isinstance(body.get("subscriptions"), list):
            raise UnknownRequestError("query and subscriptions are needed")
        table = re.match(r"^\s*(\w+)", body["query"])
        options = body.get("options") or {}
        if table is None or options.get("resultFormat") != "objectArray" or not 1 <= options.get("$top", 100) <= 1000:
            return error(400, "BadRequest", "Please provide below info when asking for support.")
        wanted = {name.lower() for name in body["subscriptions"]}
        if table[1] == "resources":
            rows = [self._row(d) for key, d in sorted(self.documents.items()) if self._shown(key, d, wanted)]
        elif table[1] == "resourcecontainers":
            rows = [*self.groups]
        elif table[1] == "policyresources" and "policystates" in body["query"] and "summarize" in body["query"]:
            rows = [{"id": name.lower(), "violations": count} for name, count in self.violations.items()]
        else:
            raise UnknownRequestError(f"table {table[1]}")
        start = int(options.get("$skipToken") or 0)
        size = min(self.rows, options.get("$top", 100))
        end = start + size
        total = len(rows)
        rows = rows[: total - self.lose] if table[1] == "resources" else rows
        more = end < len(rows)
        answer: dict[str, Any] = {
            "totalRecords": total,
            "count": len(rows[start:end]),
            "data": rows[start:end],
            "facets": [],
            "resultTruncated": "true" if self.cut else "false",
        }
        if more and not self.cut:
            answer["$skipToken"] = str(end)
        with self.lock:
            self.queries += 1
        headers = {"x-ms-user-quota-remaining": "14", "x-ms-user-quota-resets-after": "00:00:05"}
        return Reply(answer, 200, {**headers, "x-ms-ratelimit-remaining-tenant-resource-requests": "14"})

    def _shown(self, key: str, document: dict[str, Any], wanted: set[str]) -> bool:
        return document["type"].lower() in GRAPH_TYPES and key.split("/")[2] in wanted and self._may(document["type"])

    def _may(self, native_type: str) -> bool:
        name = f"{native_type}/read".lower()
        return any(re.fullmatch(re.escape(a.lower()).replace(r"\*", ".*"), name) for a in self.actions)

    @staticmethod
    def _row(document: dict[str, Any]) -> dict[str, Any]:
        """A row as Resource Graph writes it: type and location in lower case, further columns, absent ones null."""
        steps = document["id"].split("/")
        columns = ("kind", "plan", "sku", "tags", "identity", "managedBy", "zones", "extendedLocation")
        return {
            **{name: document.get(name, "" if name in ("kind", "managedBy") else None) for name in columns},
            "id": document["id"],
            "name": document["name"],
            "type": document["type"].lower(),
            "location": document.get("location", "").lower(),
            "resourceGroup": steps[4].lower(),
            "subscriptionId": steps[2],
            "tenantId": TENANT,
            "properties": {
                k: v for k, v in document.get("properties", {}).items() if k not in document.get("scrubbed", ())
            },
        }

    def _version(self, asked: Asked, native_type: str) -> None:
        version = asked.one("api-version")
        names = [name for name in VERSIONS if native_type == name or native_type.startswith(name + "/")]
        expected = VERSIONS[max(names, key=len)] if names else None
        if version is None or not _FORM.match(version) or (expected is not None and version != expected):
            raise UnknownRequestError(f"api-version {version} of {native_type}; it has {expected}")

    def _get(self, asked: Asked, path: str) -> Reply:
        low = path.lower()
        known = {str(s.get("subscriptionId")).lower() for s in self.subscriptions}
        steps = low.strip("/").split("/")
        if low == "/subscriptions":
            self._plain(asked, "2022-12-01")
            return self._list(asked, self.subscriptions)
        if steps[0] == "subscriptions" and steps[1] not in known:
            return error(404, "SubscriptionNotFound", f"The subscription '{steps[1]}' could not be found.")
        if len(steps) == 2 and steps[0] == "subscriptions":
            self._plain(asked, "2022-12-01")
            return Reply(next(s for s in self.subscriptions if str(s.get("subscriptionId")).lower() == steps[1]))
        if len(steps) == 3 and steps[2] == "locations":
            self._plain(asked, "2022-12-01")
            return Reply({"value": self.locations})
        if len(steps) == 3 and steps[2] == "resources":
            self._plain(asked, "2025-04-01")
            inside = [d for k, d in self.documents.items() if k.startswith(low.removesuffix("resources"))]
            found = [d for d in inside if self._shown(d["id"].lower(), d, {steps[1]})]
            return Reply({"value": [{k: d.get(k) for k in ("id", "name", "type", "location")} for d in found][:1]})
        if low.startswith("/providers/microsoft.customerlockbox/tenantoptedin/"):
            self._version(asked, "microsoft.customerlockbox/tenantoptedin")
            if self.lockbox is None:
                return error(403, "AuthorizationFailed", "The client does not have authorization.")
            return Reply({"isOptedIn": self.lockbox})
        definition = re.match(r"^(.*)/providers/microsoft\.authorization/(policy(?:set)?definitions)/[^/]+$", low)
        if definition is not None:
            self._version(asked, f"microsoft.authorization/{definition[2]}")
            found = self.documents.get(low)
            return Reply(found) if found is not None else error(404, "PolicyDefinitionNotFound", "Not found.")
        setting = "/providers/microsoft.insights/diagnosticsettings"
        if low.endswith(setting):
            self._version(asked, "microsoft.insights/diagnosticsettings")
            return self._list(asked, self._children(low.removesuffix(setting), "diagnosticsettings", setting))
        whole = _OF_SUBSCRIPTION.match(path)
        if whole is not None:
            return self._of_subscription(asked, *(part.lower() for part in whole.groups()))
        return self._below(asked, path)

    def _plain(self, asked: Asked, version: str) -> None:
        if asked.one("api-version") != version:
            raise UnknownRequestError(f"api-version {asked.one('api-version')}")

    def _of_subscription(self, asked: Asked, subscription: str, namespace: str, name: str) -> Reply:
        native_type = f"{namespace}/{name}"
        self._version(asked, native_type)
        if native_type == "microsoft.authorization/permissions":
            return Reply({"value": [{"actions": self.actions, "notActions": []}]})
        if not self._may(native_type):
            return denied(f"{native_type}/read")
        inherited = self.inherited.get(subscription, []) if name == "policyassignments" else []
        found = [
            d
            for key, d in sorted(self.documents.items())
            if key.startswith(f"/subscriptions/{subscription}/") and d["type"].lower() == native_type
        ]
        return self._list(asked, [*found, *inherited])

    def _below(self, asked: Asked, path: str) -> Reply:
        match = _BELOW.match(path)
        if match is None:
            raise UnknownRequestError("no such address")
        parent, last = match[1].lower(), match[2].lower()
        steps = path.lower().split("/providers/")[-1].split("/")
        if len(steps) % 2 == 1:  # one thing
            native_type = "/".join([steps[0], *steps[1::2]])
            self._version(asked, native_type)
            found = self.documents.get(path.lower())
            if found is None and native_type.endswith("/managementpolicies"):
                return error(404, "ManagementPolicyNotFound", f"No ManagementPolicy found for account {steps[2]}")
            return Reply(found) if found is not None else error(404, "ResourceNotFound", "The Resource was not found.")
        native_type = "/".join([steps[0], *steps[1::2]])
        self._version(asked, native_type)
        if (
            parent not in self.documents
            and not parent.endswith("/blobservices/default")
            and "/locations/" not in parent
        ):
            return error(404, "ResourceNotFound", f"The Resource '{parent}' was not found.")
        if native_type.endswith("/longtermretentionservers/longtermretentionbackups"):
            start = f"{parent}/longtermretentiondatabases/"
            return self._list(asked, [d for k, d in sorted(self.documents.items()) if k.startswith(start)])
        if native_type == "microsoft.keyvault/vaults/keys":  # a list holds less than the key itself
            left_out = ("kty", "rotationPolicy")
            found = [dict(d) for d in self._children(parent, last)]
            for d in found:
                d["properties"] = {k: v for k, v in d["properties"].items() if k not in left_out}
            return self._list(asked, found)
        if native_type == "microsoft.recoveryservices/vaults/backupprotecteditems":
            found = [d for k, d in self.documents.items() if k.startswith(parent + "/") and "/protecteditems/" in k]
            return self._list(asked, found)
        if native_type == "microsoft.cognitiveservices/accounts/models":
            found = [d["properties"] for d in self._children(parent, last)]
            return self._list(asked, found)
        if native_type == "microsoft.sql/servers/replicationlinks":
            found = [d for k, d in self.documents.items() if k.startswith(parent + "/") and "/replicationlinks/" in k]
            return self._list(asked, found)
        return self._list(asked, self._children(parent, last))

    def _children(self, parent: str, last: str, between: str = "") -> list[dict[str, Any]]:
        start = f"{parent}{between}/" if between else f"{parent}/{last}/"
        return [d for k, d in sorted(self.documents.items()) if k.startswith(start) and "/" not in k[len(start) :]]

    def _list(self, asked: Asked, found: list[dict[str, Any]]) -> Reply:
        start = int(asked.one("$skiptoken") or 0)
        answer: dict[str, Any] = {"value": found[start : start + self.page]}
        if start + self.page < len(found):
            version = asked.one("api-version")
            path = asked.path.replace(" ", "%20")
            answer["nextLink"] = f"https://{HOST}{path}?api-version={version}&%24skiptoken={start + self.page}"
        return Reply(answer)


def denied(action: str, scope: str = "/subscriptions/x") -> Reply:
    """A refusal as Resource Manager words it (form as documented; none was recorded)."""
    message = (
        "The client 'a@b' with object id '22222222-aaaa-4aaa-8aaa-222222222222' does not have authorization to perform "
        f"action '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please "
        "refresh your credentials."
    )
    return error(403, "AuthorizationFailed", message)


@contextmanager
def azure_cloud(azure: Azure) -> Iterator[Loopback]:
    """A running server that plays Azure."""
    with loopback(azure) as running:
        yield running
