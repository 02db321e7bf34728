"""What-if and rules of the window: asked of child processes, so that the window stays free."""

import json
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

from app.desktop.palette import Entry
from app.desktop.standing import Asked, Standing
from app.report.seen import seen
from app.texts import tr, trn

if TYPE_CHECKING:
    from app.desktop.desk import Desk


_MOST: Final = 1000
"""Findings that are named at first: all are counted."""


class Supposing:
    """Belongs to a desk; connects the pages What if and Rules to it."""

    def __init__(self, desk: "Desk") -> None:
        self.desk = desk
        self._answer: dict[str, Any] = {}
        self._standing: Standing | None = None
        w = desk.window
        w.when("whatif", self._connect_whatif)
        w.when("rules", self._connect_rules)
        w.entries += [Entry(tr("What if…"), lambda: w.go(w.whatif), lambda: w.snapshot is not None)]

    def _connect_whatif(self) -> None:
        page = self.desk.window.whatif
        page.asked.connect(self.ask)
        page.all_wanted.connect(partial(self.ask, most=None))
        page.countries_wanted.connect(self.allow)

    def _connect_rules(self) -> None:
        page = self.desk.window.rules
        page.findings_wanted.connect(self.desk.window.show_findings_of)
        page.folder_chosen.connect(self.use_rules)
        page.check_wanted.connect(self.check)
        page.try_wanted.connect(self.attempt)
        page.new_wanted.connect(self.new)

    def _kept(self, output: bytes) -> bool:
        try:
            found = json.loads(output)
        except ValueError:
            found = None
        self._answer = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
        return bool(self._answer)

    def ask(self, question: list[str], most: int | None = _MOST) -> None:
        """Judge once more in memory, and show the difference: all of it, or the first so many findings.

        The process that answers stays for the next question: most of the time goes into what is the same for all.
        """
        words = ["what-if", "--store", str(self.desk.store), "--listen"]
        if self._standing is None or self._standing.words != words:
            self.rest()
            self._standing = Standing(words, self.desk.window)
        limit = [] if most is None else ["--most", str(most)]
        asked = partial(Asked, self._standing, [*question, *limit], self.desk.window)
        self.desk.start([], self._answered, capture=self._kept, asked=asked)

    def rest(self, *, wait: bool = False) -> None:
        """Nothing will be asked for now."""
        standing, self._standing = self._standing, None
        if standing is not None:
            standing.leave()
            if wait:
                standing.wait()

    def _answered(self) -> None:
        self.desk.window.whatif.show_answer(self._answer)
        self.desk.window.rest(tr("Nothing was stored."))

    def allow(self, countries: list[str]) -> None:
        """What was supposed becomes the policy."""
        policy = self.desk.policy
        known: list[str] = list(policy.setting("allowed_countries") or [])
        policy.save("allowed_countries", [*known, *(c for c in countries if c not in known)])

    # Rules of one's own

    def use_rules(self, folder: str) -> None:
        """Judge by the rules of this folder as well."""
        d = self.desk
        d.keep(msgspec.structs.replace(d.preferences, packs=folder))
        self.check(folder)

    def check(self, folder: str) -> None:
        """Say everything that is wrong with the rules of a folder."""
        self.desk.start([["rules", "lint", folder, "--format", "json"]], self._checked, capture=self._kept)

    def _checked(self) -> None:
        found = self._answer
        n = int(found.get("rules", 0))
        lines = [f"{r['file']}, {r['line']}: {r['message']}" for r in found.get("remarks", [])]
        said = trn("One rule can be used.", "{n} rules can be used.", n).format(n=n)
        self.desk.window.rules.tell(said, lines or [tr("Nothing is wrong with them.")])
        self.desk.window.rest(said)

    def attempt(self, folder: str) -> None:
        """Judge by them in memory, and say what they would find."""
        words = ["rules", "try", folder, "--store", str(self.desk.store), "--format", "json"]
        self.desk.start([words], self._tried, capture=self._kept)

    def _tried(self) -> None:
        found = self._answer
        lines = [
            tr("{rule}: {fails} violations, {unchecked} not checked").format(
                rule=rule, fails=counts.get("fail", 0), unchecked=counts.get("not_checked", 0)
            )
            for rule, counts in cast("dict[str, dict[str, int]]", found.get("rules", {})).items()
        ]
        lines += [f"{c['rule']} · {c['subject']}: {seen(c['why'])}" for c in found.get("findings", [])[:200]]
        self.desk.window.rules.tell(tr("On the current data; nothing was stored"), lines)
        self.desk.window.rest(tr("Nothing was stored."))

    def new(self, name: str, folder: str) -> None:
        """Write the skeleton of a rule."""
        self.desk.start([["rules", "new", name, "--out", folder]], partial(self.check, folder))
