"""What a report needs to be told: the questions it asks, and the plain records that answer them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from rules.catalogue import records as catalogue
from rules.judgement import Finding, Flow, Severity, Summary, Transfer
from scanners.model import Asset, Coverage

if TYPE_CHECKING:
    from app.report.proof import Proof


class Place(Struct, frozen=True):
    """Where something is, as of the report's date.

    `key` tells places apart (`aws:eu-central-1`). `name` is for people. `countries` are ISO 3166 alpha-2 codes, all
    that are possible; empty: unknown. `status`: eea, adequate, adequate_partial, third_country or unknown (the worst
    member). `evidence`: native, fact, declared, metadata_only. `everywhere`: may be any country. Degrees, None if
    unknown.
    """

    key: str
    name: str
    countries: tuple[str, ...] = ()
    status: str = "unknown"
    evidence: str = "native"
    latitude: float | None = None
    longitude: float | None = None
    everywhere: bool = False


def place_of(place: catalogue.Place, provider: str) -> Place:
    """The catalogue's answer about a location as a report shows it."""
    spot = place.zone or place.region or place.name
    return Place(
        f"{provider}:{place.kind.value}:{spot}",
        "" if place.status == "unknown" and not place.countries and not place.everywhere else place.name,
        place.countries,
        place.status,
        place.evidence,
        place.latitude,
        place.longitude,
        place.everywhere,
    )


class PlacedAsset(Struct):
    """An asset with what judgement worked out about it.

    `processing` is where it is processed where that differs or is known apart from where it rests; None: nothing is
    known apart. `gpu_count`: accelerators of the whole asset, all its machines together; None: not known. `part_of`:
    uid of the asset whose count already holds these; `by_parts`: they are counted with its parts. `custody`: none,
    provider, customer, customer_hsm, dedicated_hsm, external; None: not known. `key`: uid of the key it is encrypted
    by; None: none was seen.
    `operator`: who runs it and the country of its parent, for people; None: not known. `stale`: known from an earlier
    scan, and this one could not look.
    """

    asset: Asset
    place: Place
    data_class: str = "unclassified"
    data_class_source: str = "none"
    processing: Place | None = None
    gpu_count: int | None = None
    gpu_model: str | None = None
    part_of: str | None = None
    custody: str | None = None
    key: str | None = None
    operator: str | None = None
    stale: bool = False
    by_parts: bool = False


class ConnectionNote(Struct):
    """One connection or set of files that the scan read. `reason` says in a sentence why it is not complete."""

    name: str
    provider: str
    complete: bool
    reason: str = ""


class ScanNote(Struct):
    """The scan reported on. Times in UTC; None: not known."""

    id: str
    started: datetime | None
    ended: datetime | None
    complete: bool
    connections: list[ConnectionNote]


class Versions(Struct):
    """What the verdicts were made with. Digests are SHA-256 in hexadecimal; `policy` None: no policy was given."""

    program: str
    pack: str
    catalogue: str
    policy: str | None = None
    pack_name: str = ""
    catalogue_name: str = ""
    policy_name: str = ""


class Edition(Struct, frozen=True):
    """The edition of law and facts that was judged by. `day`: for which it was last checked; None where that edition is
    not at hand any more. `signer`: whose signature it bears; empty: it came with the program. `too_old`: older on the
    day of judgement than the policy allows."""

    name: str
    digest: str
    day: date | None
    signer: str = ""
    too_old: bool | None = None


class Head(Struct):
    """What stands on the cover.

    `allowed_countries` is None where that was not decided. `thresholds` are the defaults used: what and how much.
    `sample` marks the invented estate. `checks` is the number of rules that were applied; None: not known.
    """

    as_of: date
    scan: ScanNote
    versions: Versions
    organisation: str | None = None
    sample: bool = False
    allowed_countries: tuple[str, ...] | None = None
    thresholds: tuple[tuple[str, str], ...] = ()
    checks: int | None = None
    edition: Edition | None = None


class Acceptance(Struct):
    """A recorded decision to live with a finding: who, why, until when. `subject` is the uid or the flow's id.

    `second` is the person who agreed, None where only one was asked.
    """

    id: str
    rule: str
    subject: str
    reason: str
    by: str
    decided: date | None = None
    until: date | None = None
    second: str | None = None


class FileRead(Struct):
    """One file that was read. `kept` are assets that came of it; `note` says what was wrong, if anything."""

    name: str
    form: str
    digest: str
    size: int
    kept: int
    note: str = ""


class EvidenceNote(Struct):
    """Where a document came from: file and line or connection, the operation, and when the provider gave it."""

    source: str
    operation: str
    seen_at: datetime | None = None


class Rule(Protocol):
    """What a report says about a rule; a rule of the pack has all of these."""

    @property
    def id(self) -> str:
        """`SIT-RES-001`."""
        ...

    @property
    def title(self) -> str:
        """The failure in a plain sentence."""
        ...

    @property
    def family(self) -> str:
        """`RES`."""
        ...

    @property
    def severity(self) -> Severity | str:
        """Severity before anything raises or lowers it."""
        ...

    @property
    def explanation(self) -> str:
        """Why it matters."""
        ...

    @property
    def remediation(self) -> Mapping[str, str]:
        """Provider → what to do."""
        ...

    @property
    def law(self) -> Sequence[str]:
        """Dotted ids of provisions."""
        ...


class Provision(Protocol):
    """What a report says about a provision; an entry of the law file has all of these."""

    @property
    def id(self) -> str:
        """Dotted id."""
        ...

    @property
    def citation(self) -> str:
        """As people cite it: `GDPR Art. 5(1)(a)`."""
        ...

    @property
    def title(self) -> str:
        """Heading of the article."""
        ...

    @property
    def paraphrase(self) -> str:
        """What it says, in our words."""
        ...

    @property
    def url(self) -> str:
        """Where its text is."""
        ...

    @property
    def status(self) -> str:
        """Set where it is not plainly in force."""
        ...

    @property
    def unverified(self) -> bool:
        """Whether its number or wording was not seen in a source."""
        ...


class ReportSource(Protocol):
    """Answers about one judged scan. Each iterable may be asked for more than once and gives the same order."""

    def head(self) -> Head:
        """What stands on the cover."""
        ...

    def summary(self) -> Summary:
        """Counts of the judgement."""
        ...

    def assets(self) -> Iterable[PlacedAsset]:
        """Every asset, in ascending order of uid."""
        ...

    def findings(self, with_passes: bool = False) -> Iterable[Finding]:
        """Findings that fail, were not checked or are accepted; passes where asked for and kept."""
        ...

    def flows(self) -> Iterable[Flow]:
        """Every flow."""
        ...

    def transfers(self) -> Iterable[Transfer]:
        """Every transfer."""
        ...

    def coverage(self) -> Iterable[Coverage]:
        """Every cell."""
        ...

    def acceptances(self) -> Iterable[Acceptance]:
        """Acceptances in force or expired."""
        ...

    def files(self) -> Iterable[FileRead]:
        """Files that were read; none for a live scan."""
        ...

    def rule(self, rule_id: str) -> Rule | None:
        """The rule, or None where the pack no longer has it."""
        ...

    def provision(self, law_id: str) -> Provision | None:
        """The provision or the nearest above it."""
        ...

    def country(self, code: str) -> str | None:
        """Name of a country in English, or None."""
        ...

    def evidence(self, digest: str) -> EvidenceNote | None:
        """Where a document came from, or None where the store does not know it."""
        ...

    def proof(self) -> "Proof | None":
        """What ties the report to its scan; None where no store stands behind it."""
        ...
