"""The language in which rules state when they fail: a part of CEL, checked against the schema, with three results.

    scope = Scope({"asset": asset_type(["storage.bucket"]), "policy": record("policy", {"trusted": "list[str]"})})
    condition = compile_condition('asset.encrypted == false', scope, Where("pack/KEY.yaml", 12, 14))
    condition.test({"asset": {"encrypted": None}, "policy": {}})      # False: read, and there is none
    condition.test({"asset": {}, "policy": {}})                       # Unknown: asset.encrypted was not read
    condition.explain({"asset": {"encrypted": False}, "policy": {}}).text

Where it differs from CEL, on purpose:

- Names, attributes, words and types are checked when a rule is loaded; comparing a text with a number, or a word with
  one that does not exist, is an error there. `dyn` escapes this and behaves as CEL does.
- A field that is absent is *unknown* (CEL: an error); both are absorbed by the same rule. All that is missing is
  gathered, not just the first. Null in an ordering, a method, a macro or as true-or-false is unknown as well; `== null`
  is always allowed.
- `m["k"]` for a key that a map lacks is unknown, as it is an error in CEL: write
  `"k" in asset.tags && asset.tags["k"] == …`.
- `has()` does not exist, since it would turn "not read" into false. Compare with null, or use `in` for a map.
- Dates are ISO 8601 texts of their own type, compared by day or by instant; there are no timestamps and durations.
- Words (enumerations) and truth values cannot be ordered. Whole and fractional numbers compare, but do not mix in sums.
- No unsigned numbers, bytes, type(), dyn(), string of a fractional number, and no macro variable that hides another.
- `matches` takes a pattern that stands in the rule, of a part of RE2's syntax, searched in linear time.
- Values are taken to be of the types the schema declares (`scanners.model.problems` tells when they are not): 1 passes
  for true where a truth value is declared. Under `dyn`, types are those of the values.
- Sources over 4,096 characters, 500 terms, 32 levels or 3 nested macros are refused; an evaluation of more than
  100,000 steps, and + of more than 10,000 characters or items, is unknown (`limit`).
"""

from rules.condition.compile import Condition, compile_condition
from rules.condition.errors import ConditionError, Where
from rules.condition.trace import Decided, Trace, value_text
from rules.condition.types import (
    BOOL,
    DATE,
    DYN,
    FLOAT,
    INT,
    NULL,
    PLACE,
    STR,
    Function,
    ListOf,
    MapOf,
    OneOf,
    Record,
    Scope,
    Subject,
    Type,
    Words,
    asset_type,
    parse_type,
    record,
    related_type,
)
from rules.condition.values import Absent, Lack, Listed, Unknown

__all__ = [
    "BOOL",
    "DATE",
    "DYN",
    "FLOAT",
    "INT",
    "NULL",
    "PLACE",
    "STR",
    "Absent",
    "Condition",
    "ConditionError",
    "Decided",
    "Function",
    "Lack",
    "ListOf",
    "Listed",
    "MapOf",
    "OneOf",
    "Record",
    "Scope",
    "Subject",
    "Trace",
    "Type",
    "Unknown",
    "Where",
    "Words",
    "asset_type",
    "compile_condition",
    "parse_type",
    "record",
    "related_type",
    "value_text",
]
