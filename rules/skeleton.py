"""The skeleton of a rule of the organisation's own: a file that loads, with the cases that a rule must carry."""

import re
from pathlib import Path
from typing import Final

from rules.rule import RuleError

ID: Final = re.compile(r"([A-Z]{2,12})-([A-Z]{2,8})-([0-9]{3})")

_TEXT: Final = """\
# {id}: a rule of your own. `situs rules lint DIR` says what is wrong and runs its cases, `situs audit --pack DIR`
# applies it. What may be written here: `situs rules docs --out DIR`; a schema for editors: `situs rules schema`.
policy: |
  # The policy that the cases below are judged by, unless a case brings its own.
  [tag_map.class]
  personal = "personal"
  public = "public"
rules:
  - id: {id}
    title: Personal data are kept in a store that is not encrypted   # what is wrong, as a sentence without a full stop
    subject: [storage.bucket]            # kinds of assets; or `flow: [replication]`, or `relation: [encrypted_by]`
    severity: high                       # critical high medium low info
    rationale: Why it is as grave as that, in one sentence.
    # where: asset.provider == "aws"     # optional: elsewhere the rule does not apply
    condition: pd(asset) && asset.encrypted == false     # true when the rule FAILS; not read: "not checked"
    law: [gdpr.art32.1.a]                # at least one provision, as `situs rules show` prints them
    explanation: Why it matters, in one to three plain sentences.
    remediation:                         # for each provider that you use
      aws: What to do.
      azure: What to do.
      gcp: What to do.
    not_checked_when: When the rule cannot tell, in one sentence.
    cases:                               # at least one that fails, one that passes, one that cannot be checked
      - name: a store without encryption
        expect: fail
        assets: [{{uid: store, kind: storage.bucket, location: eu-west-1, tags: {{class: personal}}, encrypted: false}}]
      - name: an encrypted store
        expect: pass
        assets: [{{uid: store, kind: storage.bucket, location: eu-west-1, tags: {{class: personal}}, encrypted: true}}]
      - name: encryption was not read
        expect: not_checked
        missing: asset.encrypted
        assets: [{{uid: store, kind: storage.bucket, location: eu-west-1, tags: {{class: personal}}}}]
"""


def write_skeleton(rule: str, folder: Path) -> Path:
    """Write the skeleton of a rule into a folder, which is made where there is none; returns its path.

    Raises RuleError for an id that cannot be used, or a file that is there already.
    """
    id_ = rule.strip().upper()
    match = ID.fullmatch(id_)
    if match is None:
        raise RuleError(
            "rules new",
            1,
            f'"{id_[:40]}" is no id of a rule; write your own prefix, a family and a number: ACME-RES-001.',
        )
    if match[1] == "SIT":
        raise RuleError("rules new", 1, "the prefix SIT belongs to the rules of the program; choose your own.")
    path = folder / f"{id_.lower()}.yaml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(_TEXT.format(id=id_))
    except FileExistsError:
        raise RuleError(str(path), 1, "there is such a file already; nothing was written.") from None
    except OSError as error:
        raise RuleError(str(path), 1, f"cannot be written ({error.strerror or error}).") from error
    return path
