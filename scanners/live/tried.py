"""What a small scan told of each permission: the rows of a connection test."""

from collections.abc import Callable, Collection, Iterable
from typing import Final, Protocol

from scanners.guard import CallLog
from scanners.live.collect import Declared, Permission

_WORST: Final = ("denied", "failed", "allowed", "unused")


class Answering(Declared, Protocol):
    """An operation with the codes that mean "not configured", which is an answer."""

    @property
    def none(self) -> tuple[str, ...]:
        """Codes of errors that are answers."""
        ...


def tried(
    operations: Iterable[Answering],
    log: CallLog,
    *,
    denied: Callable[[str], bool],
    off: Callable[[str], bool] = lambda _: False,
    absent: Collection[str] = (),
    unused: Callable[[str], bool | None] = lambda _: None,
) -> tuple[Permission, ...]:
    """One row for each permission, sorted; of several operations the worst counts.

    `denied` and `off` tell what an error code means; `absent` are codes that are an answer where an operation says so
    (`missing`). `unused` tells whether a permission that no call needed is granted, where that is known otherwise.
    """
    codes: dict[str, set[str]] = {}
    for count in log.counts():
        codes.setdefault(count.operation, set()).add(count.status)
    states: dict[str, str] = {}
    told: dict[str, set[str]] = {}
    for operation in operations:
        seen = codes.get(operation.key, set())
        fine = {"ok", *operation.none, *(absent if getattr(operation, "missing", False) else ())}
        refused = {code for code in seen if denied(code)}
        other = {code for code in seen - fine - refused if not off(code)}
        state = "denied" if refused else "allowed" if seen & fine else "failed" if other else "unused"
        if state == "unused" and (granted := unused(operation.permission)) is not None:
            state = "allowed" if granted else "denied"
        known = states.get(operation.permission, "unused")
        states[operation.permission] = min(state, known, key=_WORST.index)
        told.setdefault(operation.permission, set()).update(seen - fine)
    return tuple(Permission(name, state, tuple(sorted(told[name]))) for name, state in sorted(states.items()))
