"""`situs what-if`: which findings another decision would change. Nothing is stored."""

import argparse
from collections.abc import Iterable

from app.cli.errors import UsageError
from app.cli.latest import change_line, day_of, flow_names, judged_store, put_json, yardstick
from app.cli.terminal import put, say
from app.texts import tr

_MOST_SHOWN = 200


def what_if(options: argparse.Namespace) -> int:
    """Print the difference in findings against the latest judgement."""
    from app.whatif import Question, WhatIf

    question = Question(
        day_of("--as-of", options.as_of),
        tuple(part for word in options.allow for part in word.replace(",", " ").split()),
        tuple(_pairs("--mechanism", options.mechanism)),
        tuple(_pairs("--move", options.move)),
    )
    if question == Question() and options.policy is None:
        raise UsageError(tr("say what to suppose: --as-of, --allow, --mechanism, --move or --policy."))
    if question != Question() and options.policy is not None:
        raise UsageError(tr("--policy supposes a whole policy: leave the other suppositions out."))
    with judged_store(options.store) as (store, judged):
        whether = WhatIf(store, judged, yardstick(store, judged))
        if options.policy is not None:
            answer = whether.against(yardstick(store, judged, options.policy))
        else:
            answer = whether.ask(question)
        names = {} if options.format == "json" else flow_names(store, judged)
    if options.format == "json":
        put_json(answer)
        return 0
    for remark in answer.remarks:
        say(remark)
    counts = answer.counts
    put(
        tr("Judged as of {day}: {new} new, {gone} gone, {changed} changed.").format(
            day=answer.as_of, new=f"{counts['new']:,}", gone=f"{counts['gone']:,}", changed=f"{counts['changed']:,}"
        )
    )
    for change in answer.changes[:_MOST_SHOWN]:
        put(change_line(change, names))
        put(f"           {change.title}")
    if len(answer.changes) > _MOST_SHOWN:
        put(tr("  … and {n} more; --format json lists all.").format(n=f"{len(answer.changes) - _MOST_SHOWN:,}"))
    say(
        tr("{judged} of {rules} rules judged in {seconds} s; nothing was stored.").format(
            judged=answer.judged, rules=answer.rules, seconds=f"{answer.seconds:.2f}"
        )
    )
    return 0


def _pairs(option: str, words: Iterable[str]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for word in words:
        name, equals, value = word.rpartition("=")
        if not equals or not name.strip() or not value.strip():
            raise UsageError(tr("{option} {word}: write NAME=VALUE.").format(option=option, word=word[:100]))
        found.append((name.strip(), value.strip()))
    return found
