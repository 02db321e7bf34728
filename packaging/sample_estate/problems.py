"""What was planted, why, and every finding that must follow from it: the truth that a test compares with."""

import problems_flows
import problems_rest


def truth() -> str:
    """The truth as YAML, made by hand so that it reads well: no aliases, every text in quotes."""
    lines = [
        "# Every problem that was planted in the sample estate, and every finding that must follow: none missing, none extra.",
        "# Written by packaging/sample_estate. Judged as of 2026-11-20. `about` is a uid, or `kind: source > target` of a flow.",
        "# A finding that a more specific one stands for (`replaces` of the rules) is listed here all the same.",
        "as_of: 2026-11-20",
        "problems:",
    ]
    for problem in [*problems_flows.problems(), *problems_rest.problems()]:
        lines += [f"  - problem: {problem.name}", f"    what: {_quoted(problem.what)}"]
        lines += [f"    scans: [{', '.join(str(n) for n in problem.scans)}]", "    findings:"]
        for rule, subject, why in problem.fails:
            lines += [f"      - rule: {rule}", f"        about: {_quoted(subject)}", f"        why: {_quoted(why)}"]
    lines += ["open_decisions:", "  - sovereign_level", "  - accounts"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
