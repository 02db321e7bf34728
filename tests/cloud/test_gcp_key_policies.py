"""Key rings and keys of which the inventory shows no policy: they are asked for it, and only they."""

from pathlib import Path

import pytest
from gcp_cloud import TOKEN, GcpCloud, denied, error
from gcp_proof import ABROAD, KEY, VENDOR
from proof_scan import Held
from test_gcp_rules import GOOD_POLICY, ask, build

from scanners.model import Coverage, CoverageStatus

HOST = "cloudkms.googleapis.com"
RING = KEY.partition("/cryptoKeys/")[0]
ASKED = f"{HOST}/v1/{RING}:getIamPolicy"
CRYPT = {"role": "roles/cloudkms.cryptoKeyEncrypterDecrypter", "members": [VENDOR]}
EMPTY = {"etag": "ACAB", "version": 1}
_OF = "cloudkms.projects.locations.keyRings"
RINGS, KEYS = f"{_OF}.getIamPolicy", f"{_OF}.cryptoKeys.getIamPolicy"


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITUS_TEST_TOKEN", TOKEN)


def untold(*names: str) -> GcpCloud:
    """The estate in which the inventory shows no policy of these things."""
    cloud = build(True)
    hidden = {f"//{HOST}/{name}" for name in names}
    cloud.assets = [a for a in cloud.assets if a["name"] not in hidden or "iamPolicy" not in a]
    return cloud


def said(cloud: GcpCloud, folder: Path) -> tuple[str, str, Held]:
    """What the rule on who may use a key says of one in the ring, of one in another ring, and what was scanned."""
    seen, held = ask(cloud, folder, GOOD_POLICY)
    found = {s: v for v in ("fail", "pass", "not_checked") for r, s in seen.of(v) if r == "SIT-KEY-005"}
    return found[f"//{HOST}/{KEY}"], found[f"//{HOST}/{ABROAD}"], held


def cell(held: Held) -> Coverage:
    account = KEY.split("/")[1]
    (found,) = (c for c in held.coverage if (c.service, c.kind, c.account) == ("cloudkms", "key", account))
    return found


def test_what_the_inventory_tells_is_not_asked_again(tmp_path: Path) -> None:
    cloud = build(True)
    assert said(cloud, tmp_path)[:2] == ("pass", "pass")
    assert not cloud.calls[RINGS]
    assert not cloud.calls[KEYS]


def test_a_ring_and_a_key_without_policy_are_asked_page_after_page_of_the_inventory(tmp_path: Path) -> None:
    cloud = untold(RING, KEY)
    cloud.page, cloud.quota = 3, None
    cloud.single[ASKED] = EMPTY
    cloud.single[f"{HOST}/v1/{KEY}:getIamPolicy"] = EMPTY
    one, other, held = said(cloud, tmp_path)
    assert (one, other) == ("pass", "pass")
    assert (cloud.calls[RINGS], cloud.calls[KEYS]) == (1, 1)
    assert cell(held).status is CoverageStatus.COLLECTED
    assert cell(held).count == sum(a.kind == "key" and a.account == KEY.split("/")[1] for a in held.assets)


def test_an_outsider_in_the_policy_of_a_ring_may_use_its_keys(tmp_path: Path) -> None:
    cloud = untold(RING)
    cloud.single[ASKED] = {**EMPTY, "bindings": [CRYPT]}
    assert said(cloud, tmp_path)[:2] == ("fail", "pass")


def test_a_refusal_is_no_empty_policy_and_the_coverage_names_the_permission(tmp_path: Path) -> None:
    cloud = untold(RING)
    cloud.strike(f"^{HOST}.*:getIamPolicy$", denied("cloudkms.keyRings.getIamPolicy"))
    one, other, held = said(cloud, tmp_path)
    assert (one, other) == ("not_checked", "pass")
    assert cell(held).status is CoverageStatus.PARTIAL
    assert cell(held).missing_permission == "cloudkms.keyRings.getIamPolicy"


def test_a_ring_that_is_not_found_or_says_nothing_leaves_it_open(tmp_path: Path) -> None:
    cloud = untold(RING)
    (tmp_path / "gone").mkdir()
    (tmp_path / "silent").mkdir()
    cloud.single[ASKED] = error(404, "NOT_FOUND", "KeyRing not found.")
    one, other, held = said(cloud, tmp_path / "gone")
    assert (one, other) == ("not_checked", "pass")
    assert cell(held).status is CoverageStatus.PARTIAL
    cloud = untold(RING)
    cloud.single[ASKED] = {}
    one, other, held = said(cloud, tmp_path / "silent")
    assert (one, other) == ("not_checked", "pass")
    assert cell(held).status is CoverageStatus.PARTIAL


def test_a_limit_that_is_reached_is_no_empty_policy(tmp_path: Path) -> None:
    cloud = untold(RING)
    cloud.single[ASKED] = EMPTY
    limit = error(429, "RESOURCE_EXHAUSTED", "Quota exceeded", "RATE_LIMIT_EXCEEDED")
    cloud.strike(f"^{HOST}.*:getIamPolicy$", limit)  # the tests try once only
    one, other, held = said(cloud, tmp_path)
    assert (one, other) == ("not_checked", "pass")
    assert cell(held).status is CoverageStatus.PARTIAL
    assert "RATE_LIMIT_EXCEEDED" in (cell(held).detail or "")
