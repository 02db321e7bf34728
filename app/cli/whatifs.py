"""`situs what-if`: which findings another decision would change. Nothing is stored."""

import argparse
import json
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from app.cli.errors import UsageError
from app.cli.latest import change_line, day_of, flow_names, judged_store, put_json, yardstick
from app.cli.terminal import put, say
from app.texts import grouped, tr

if TYPE_CHECKING:
    from app.store import Store
    from app.store.records import JudgementInfo
    from app.whatif import Difference, WhatIf

_MOST_SHOWN = 200


def what_if(options: argparse.Namespace) -> int:
    """Print the difference in findings against the latest judgement."""
    if options.listen:
        return _listen(options)
    json_wanted = options.format == "json"
    with judged_store(options.store) as (store, judged):
        answer = _answer(_asked(store, judged), store, judged, options, None if json_wanted else _MOST_SHOWN)
        names = {} if json_wanted else flow_names(store, judged, answer.changes)
    if json_wanted:
        put_json(answer)
        return 0
    _tell(answer, names)
    return 0


def _asked(store: "Store", judged: "JudgementInfo") -> "WhatIf":
    from app.whatif import WhatIf

    return WhatIf(store, judged, yardstick(store, judged))


def _answer(
    whether: "WhatIf", store: "Store", judged: "JudgementInfo", options: argparse.Namespace, most: int | None
) -> "Difference":
    from app.whatif import Question

    question = Question(
        day_of("--as-of", options.as_of),
        tuple(part for word in options.allow for part in word.replace(",", " ").split()),
        tuple(_pairs("--mechanism", tr("ENTRY=TOOL"), options.mechanism)),
        tuple(_pairs("--move", tr("ASSET=REGION"), options.move)),
    )
    if question == Question() and options.policy is None:
        raise UsageError(
            tr("say what to suppose: --as-of, --allow, --mechanism, --move or --policy; try: situs what-if --allow CH")
        )
    if question != Question() and options.policy is not None:
        raise UsageError(tr("--policy supposes a whole policy: leave the other suppositions out."))
    if options.most is not None:
        most = max(0, options.most)
    if options.policy is not None:
        return whether.against(yardstick(store, judged, options.policy), most)
    return whether.ask(question, most)


def _listen(options: argparse.Namespace) -> int:
    """Answer one question after another, each with a line: the difference, or `wrong` with a sentence.

    What holds for the whole estate is kept in between, as long as the latest judgement and the acceptances are the
    same.
    """
    import msgspec

    from app.cli.arguments import parser
    from app.decisions.actions import in_force
    from app.troubles import sentence_of

    known: tuple[object, WhatIf] | None = None
    with judged_store(options.store) as (store, first):
        for line in sys.stdin:
            judged = store.judgement() or first
            state = (judged.id, sorted((a.id, a.until) for a in in_force(store)))
            if known is None or known[0] != state:
                known = state, _asked(store, judged)
            try:
                words = cast("list[str]", json.loads(line))
                answer: object = _answer(known[1], store, judged, parser().parse_args(["what-if", *words]), None)
            except SystemExit:
                answer = {"wrong": tr("The question could not be understood.")}
            except Exception as error:
                sentence = sentence_of(error)
                if sentence is None:
                    raise
                answer = {"wrong": sentence}
            sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
            sys.stdout.buffer.flush()
    return 0


def _tell(answer: "Difference", names: dict[str, str]) -> None:
    """Print an answer for people."""
    for remark in answer.remarks:
        say(remark)
    counts = answer.counts
    put(
        tr("Judged as of {day}: {new} new, {gone} gone, {changed} changed.").format(
            day=answer.as_of,
            new=grouped(counts["new"]),
            gone=grouped(counts["gone"]),
            changed=grouped(counts["changed"]),
        )
    )
    for change in answer.changes:
        put(change_line(change, names))
        put(f"           {change.title}")
    more = sum(counts.values()) - len(answer.changes)
    if more:
        put(tr("  … and {n} more; --format json lists all.").format(n=grouped(more)))
    say(
        tr("{judged} of {rules} rules judged in {seconds} s; nothing was stored.").format(
            judged=answer.judged, rules=answer.rules, seconds=f"{answer.seconds:.2f}"
        )
    )


def _pairs(option: str, form: str, words: Iterable[str]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for word in words:
        name, equals, value = word.rpartition("=")
        if not equals or not name.strip() or not value.strip():
            raise UsageError(tr("{option} {word}: write {form}.").format(option=option, word=word[:100], form=form))
        found.append((name.strip(), value.strip()))
    return found
