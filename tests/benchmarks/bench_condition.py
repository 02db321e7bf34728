"""Microseconds per evaluation of typical rule terms, ours and Google's CEL, in the same run on the same assets.

    python tests/benchmarks/bench_condition.py [ASSETS]

Every condition is evaluated on every asset; both engines take plain dicts. "test" is `Condition.test` with the
variables in a dict, "fast" the form for hot loops, "why" the explanation of a failure with its text; CPU time of one
thread, the best of three rounds. The results of both engines are compared; a difference ends the run. A part of the
attributes is absent, as in a real estate.
"""

import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cel_expr_python import cel

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from rules.condition import Condition, Scope, Unknown, asset_type, compile_condition, record

CONDITIONS = (
    'asset.dc in ["special_category", "personal", "pseudonymised"] && asset.encrypted == false',
    'asset.dc in ["special_category", "personal", "pseudonymised"] && asset.public_access == "public"',
    'asset.dc != "public" && asset.loc.countries.exists(c, !(c in policy.allowed_countries))',
    'asset.loc.status == "unknown" && asset.dc != "public"',
    "asset.https_only == false || asset.tls_min_below_12 == true",
    'asset.retention_declared != "manual" && (asset.expire_days == null || asset.expire_days > policy.max_days)',
    "asset.versioning && asset.noncurrent_expire_days == null || asset.soft_delete_days > policy.grace_days",
    'asset.provider == "azure" && asset.name.startsWith("prod-") && !("owner" in asset.tags)',
)
POLICY = {"allowed_countries": ["DE", "FR", "IE", "NL", "SE"], "max_days": 730, "grace_days": 30}


def estate(size: int, absent: float = 0.05) -> list[dict[str, Any]]:
    """Buckets with a fixed seed; each attribute is absent with the given probability."""
    chance = random.Random(7)  # noqa: S311 - the same estate every time
    found: list[dict[str, Any]] = []
    for number in range(size):
        whole: dict[str, Any] = {
            "uid": f"arn:aws:s3:::bucket-{number}",
            "provider": chance.choice(["aws", "azure", "gcp"]),
            "account": "123456789012",
            "kind": "storage.bucket",
            "native_type": "AWS::S3::Bucket",
            "name": f"{chance.choice(['prod', 'test'])}-{number}",
            "tags": chance.choice([{}, {"owner": "x", "team": "y"}]),
            "dc": chance.choice(["personal", "special_category", "public", "unclassified"]),
            "dc_source": "tag",
            "critical": chance.random() < 0.1,
            "loc": {
                "kind": "region",
                "region": "eu-central-1",
                "countries": chance.choice([["DE"], ["FR"], ["US"], ["DE", "FR", "NL"]]),
                "status": chance.choice(["eea", "eea", "third_country", "unknown"]),
            },
            "encrypted": chance.random() < 0.8,
            "custody": chance.choice(["provider", "customer"]),
            "public_access": chance.choice(["none", "none", "public"]),
            "https_only": chance.random() < 0.5,
            "tls_min_below_12": False,
            "versioning": chance.random() < 0.5,
            "noncurrent_expire_days": chance.choice([None, 30]),
            "expire_days": chance.choice([None, 30, 1000]),
            "soft_delete_days": chance.choice([0, 7, 90]),
            "retention_declared": chance.choice([None, "manual"]),
            "read_logging": False,
            "cross_zone": True,
            "lock_days": None,
        }
        found.append({k: v for k, v in whole.items() if k in ("uid", "kind") or chance.random() >= absent})
    return found


def compiled() -> list[Condition]:
    """Our conditions."""
    policy = record("policy", {"allowed_countries": "list[str]", "max_days": "int", "grace_days": "int"})
    scope = Scope({"asset": asset_type(["storage.bucket"]), "policy": policy})
    return [compile_condition(source, scope) for source in CONDITIONS]


def best(run: Callable[[], Any], rounds: int) -> float:
    """Least CPU seconds of some rounds."""
    times: list[float] = []
    for _ in range(rounds):
        started = time.process_time()
        run()
        times.append(time.process_time() - started)
    return min(times)


def ours_fast(condition: Condition, assets: list[dict[str, Any]], policy: dict[str, Any]) -> int:
    """How many fail, by the form for hot loops: what the engine does."""
    fast, failing = condition.fast, 0
    for asset in assets:
        try:
            failing += fast(asset, policy)
        except Exception:
            failing += condition.test_exactly({"asset": asset, "policy": policy}) is True
    return failing


def ours_test(condition: Condition, assets: list[dict[str, Any]], policy: dict[str, Any]) -> int:
    """How many fail, by `test`."""
    test = condition.test
    return sum(test({"asset": asset, "policy": policy}) is True for asset in assets)


def reasons(condition: Condition, assets: list[dict[str, Any]], policy: dict[str, Any]) -> int:
    """Characters of the explanations of failures."""
    return sum(len(condition.explain({"asset": asset, "policy": policy}).text) for asset in assets)


def googles(expression: Any, assets: list[dict[str, Any]]) -> int:
    """How many fail, by Google's CEL."""
    evaluate = expression.eval
    return sum(evaluate(data={"asset": asset, "policy": POLICY}).value() is True for asset in assets)


def differences(condition: Condition, expression: Any, assets: list[dict[str, Any]]) -> int:
    """On how many assets the results differ; unknown stands for an error there."""
    found = 0
    for asset in assets:
        ours = condition.test({"asset": asset, "policy": POLICY})
        theirs = expression.eval(data={"asset": asset, "policy": POLICY})
        error = theirs.type() == cel.Type.ERROR
        found += not error if isinstance(ours, Unknown) else error or theirs.value() is not ours
    return found


def main(size: int = 20_000, rounds: int = 3) -> float:
    """Prints the table; gives the ratio of Google's time to ours."""
    assets = estate(size)
    policy = {**POLICY, "allowed_countries": frozenset(POLICY["allowed_countries"])}  # as the engine passes it
    environment = cel.NewEnv(variables={"asset": cel.Type.DYN, "policy": cel.Type.DYN})
    started = time.process_time()
    conditions = compiled()
    for condition in conditions:
        _ = condition.fast
    compiling = (time.process_time() - started) / len(conditions) * 1e3
    totals = [0.0, 0.0, 0.0, 0.0]
    print(f"{size:,} assets, {len(conditions)} conditions, µs per evaluation (CPU)")
    print(f"{'fast':>7} {'test':>7} {'CEL':>7} {'ratio':>6} {'why':>7} {'unknown':>8}  condition")
    for condition in conditions:
        expression = environment.compile(condition.source)
        if differences(condition, expression, assets[:2000]):
            raise SystemExit(f"the results differ: {condition.source}")
        unknown = sum(isinstance(condition.test({"asset": a, "policy": policy}), Unknown) for a in assets) / size
        fast = best(lambda c=condition: ours_fast(c, assets, policy), rounds) / size * 1e6
        test = best(lambda c=condition: ours_test(c, assets, policy), rounds) / size * 1e6
        theirs = best(lambda e=expression: googles(e, assets), 1) / size * 1e6
        failing = [a for a in assets if condition.test({"asset": a, "policy": policy}) is True][: size // 10 + 1]
        why = best(lambda c=condition, f=failing: reasons(c, f, policy), rounds) / max(1, len(failing)) * 1e6
        totals = [a + b for a, b in zip(totals, (fast, test, theirs, why), strict=True)]
        print(
            f"{fast:7.2f} {test:7.2f} {theirs:7.2f} {theirs / fast:6.1f} {why:7.1f} {unknown:8.1%}  {condition.source}"
        )
    fast, test, theirs, why = (total / len(conditions) for total in totals)
    print(f"{fast:7.2f} {test:7.2f} {theirs:7.2f} {theirs / fast:6.1f} {why:7.1f} {'':8}  mean")
    print(f"compiling with all checks: {compiling:.2f} ms per condition")
    return theirs / fast


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
