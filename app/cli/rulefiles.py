"""`situs rules new`, `lint`, `docs` and `schema`: for those who write rules of their own."""

import argparse

from app.cli.latest import put_json
from app.cli.terminal import put, say
from app.texts import tr, trn


def new(options: argparse.Namespace) -> int:
    """Write the skeleton of a rule."""
    from rules.skeleton import write_skeleton

    path = write_skeleton(options.rule, options.out)
    put(tr("Written: {path}").format(path=path))
    say(tr("Change it, then: situs rules lint {folder}").format(folder=options.out))
    return 0


def lint(options: argparse.Namespace) -> int:
    """Print everything that is wrong or could be better; exit status 1 where something is wrong."""
    from app.edition.installed import current
    from rules.lint import lint as remarks_of

    count, remarks = remarks_of(options.folder, current())
    errors = sum(r.level == "error" for r in remarks)
    if options.format == "json":
        put_json({"rules": count, "remarks": remarks})
        return 1 if errors else 0
    for r in remarks:
        rule = f"{r.rule}: " if r.rule and r.rule not in r.message else ""
        put(f"{r.file}, {tr('line')} {r.line}: {tr(r.level)}: {rule}{r.message}")
    put(
        trn("One rule can be used", "{n} rules can be used", count).format(n=count)
        + tr("; {errors} errors, {warnings} warnings.").format(errors=errors, warnings=len(remarks) - errors)
    )
    return 1 if errors else 0


def docs(options: argparse.Namespace) -> int:
    """Write pages about every rule and every attribute."""
    from app.edition.installed import current
    from rules.documentation import write_pages
    from rules.rulefile import PACK, load_rules

    catalogue = current()
    written = write_pages(load_rules([PACK, *options.pack], catalogue), catalogue, options.out)
    put(
        trn("One page written to {folder}.", "{n} pages written to {folder}.", len(written)).format(
            n=len(written), folder=options.out
        )
    )
    return 0


def schema(options: argparse.Namespace) -> int:
    """Print the JSON Schema of rule files."""
    from rules.editorschema import rules_schema

    del options
    put_json(rules_schema())
    return 0
