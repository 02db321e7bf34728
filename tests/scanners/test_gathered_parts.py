"""What several observers see in part is put together, whoever comes first: no exemption from a guardrail gets lost."""

from itertools import permutations

from scanners.model import Asset, Location, LocationKind, merged

OPEN = {"covers_data": True, "expires": None}
ENDS = {"covers_data": False, "expires": "2027-01-01"}


def policy(*exceptions: dict[str, object]) -> Asset:
    """A policy of a management group, as one subscription shows it."""
    place = Location(LocationKind.GLOBAL)
    return Asset(
        "p", "azure", "managementGroups/corp", "governance.policy", "x", "p", place, {"exceptions": [*exceptions]}
    )


def test_exemptions_of_all_subscriptions_count_in_any_order() -> None:
    parts = [policy(), policy(OPEN), policy(ENDS, OPEN)]
    found = []
    for some in permutations(parts):
        whole = some[0]
        for part in some[1:]:
            whole = merged(whole, part)
        found.append(whole.attributes["exceptions"])
    assert all(one == found[0] for one in found)
    assert sorted(map(str, found[0])) == sorted(map(str, [OPEN, ENDS]))


def test_what_was_not_read_stays_so_and_what_is_alike_stays_as_it_is() -> None:
    unread = Asset("p", "azure", "a", "governance.policy", "x", "p", Location(LocationKind.GLOBAL), {"enforced": True})
    assert "exceptions" not in merged(unread, unread).attributes
    assert merged(unread, policy(OPEN)).attributes["exceptions"] == [OPEN]
    assert merged(policy(ENDS, OPEN), policy(ENDS, OPEN)).attributes["exceptions"] == [ENDS, OPEN]
