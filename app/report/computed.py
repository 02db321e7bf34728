"""What training of each model came to, with names for people, and which edition of law and facts was judged by."""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from app.report.content import ComputeNote, ComputeRow
from app.report.source import Edition

if TYPE_CHECKING:
    from app.compute import Compute
    from app.report.fromstore import StoreSource
    from rules.compute import ModelCompute


def compute_note(found: "Compute") -> ComputeNote:
    """Training compute with the names that assets have in the scan."""
    from app.compute import known_hours, known_range, uid_of

    def row(model: "ModelCompute") -> ComputeRow:
        low, high = known_range(model) or (None, None)
        lacking = Counter(job.missing for job in model.jobs if job.missing)
        return ComputeRow(
            found.names.get(uid_of(model), uid_of(model)),
            not model.model.startswith("job:"),
            len(model.jobs),
            known_hours(model),
            low,
            high,
            model.state,
            tuple(sorted(lacking.items())),
        )

    return ComputeNote(found.low, found.high, found.notice, found.presumption, [row(m) for m in found.models])


def without_names(found: ComputeNote, pseudonym: Callable[[str], str]) -> ComputeNote:
    """The same with the names of models and jobs behind pseudonyms."""
    rows = [msgspec.structs.replace(r, name=pseudonym(r.name)) for r in found.rows]
    return msgspec.structs.replace(found, rows=rows)


def edition_of(source: "StoreSource") -> Edition:
    """The edition that a judgement was made by; its day is None where another one counts on this computer now."""
    from app.edition.installed import standing
    from app.edition.keys import trusted_keys
    from app.settings import data_folder

    name, _, digest = source.info.header.catalogue.partition(" ")
    catalogue = source.by.catalogue
    if catalogue.digest != digest:
        return Edition(name, digest, None, "", None)
    key = standing().key
    signer = next((k.name for k in trusted_keys(data_folder()) if k.fingerprint == key), key)
    age = (source.info.header.as_of - catalogue.as_of).days
    return Edition(name, digest, catalogue.as_of, signer, age > source.by.policy.facts_max_age_days)
