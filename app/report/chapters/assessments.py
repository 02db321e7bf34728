"""Facts for a data protection impact assessment (Article 35) and for transfer impact assessments.

Facts only: whether processing is necessary and proportionate, and whether the law of a country allows access, is for
people to assess. The chapters say so.
"""

from collections import Counter, defaultdict

from app.report import words
from app.report.content import PERSONAL, DataRow, ReportContent, TransferRow
from app.report.pdf import keys, style
from app.report.surface import RULES, Cell, Column, Surface
from app.texts import tr, trn

_HELD = ("customer", "customer_hsm", "dedicated_hsm", "external")


def systems(sheet: Surface, content: ReportContent) -> None:
    """Systems that hold or process personal data, by class and kind: Article 35(7)(a), as far as settings show it."""
    personal = [r for r in (*content.data, *content.computing) if r.data_class in PERSONAL]
    unclassified = [r for r in content.data if r.data_class == "unclassified"]
    intro = trn(
        "{n} system holds or processes data labelled as personal.",
        "{n} systems hold or process data labelled as personal.",
        len(personal),
    ).format(n=words.number(len(personal)))
    sheet.section(tr("Systems and data"), "systems", intro=intro)
    sheet.paragraph(
        tr(
            "This describes systems, data and places for Article 35(7)(a) GDPR. Purposes, legal basis, necessity and"
            " proportionality (Article 35(7)(b)) cannot be read from settings: add them."
        )
    )
    if unclassified:
        text = trn(
            "Of {n} further asset that holds data nobody has stated the class.",
            "Of {n} further assets that hold data nobody has stated the class.",
            len(unclassified),
        )
        sheet.paragraph(text.format(n=words.number(len(unclassified))))
    counts: Counter[tuple[str, str]] = Counter((r.data_class, r.kind) for r in personal)
    if not counts:
        return
    table = sheet.table(
        [Column(tr("Class"), 130), Column(tr("Kind of system"), 220), Column(tr("Count"), 60, right=True)]
    )
    order = ("special_category", "personal", "pseudonymised")
    for (data_class, kind), number in sorted(counts.items(), key=lambda c: (order.index(c[0][0]), -c[1], c[0][1])):
        table.row([Cell(words.data_class(data_class)), Cell(words.kind(kind)), Cell(words.number(number))])
    table.end()


def measures(sheet: Surface, content: ReportContent) -> None:
    """Safeguards that were seen on personal data: Article 35(7)(d), as far as settings show them."""
    personal = [r for r in content.data if r.data_class in PERSONAL]
    sheet.section(
        tr("Safeguards that were seen"),
        "measures",
        intro=tr("Counted over {n} that hold data labelled as personal.").format(
            n=words.count(len(personal), "asset", "assets")
        ),
    )
    custody = Counter(r.custody for r in personal)
    table = sheet.table([Column(tr("Who holds the key"), 280), Column(tr("Assets"), 60, right=True)], full=False)
    for name in ("external", "dedicated_hsm", "customer_hsm", "customer", "provider", "none", None):
        if custody[name]:
            sign = "not_checked" if name is None else "fail" if name == "none" else "pass"
            table.row([Cell(words.custody(name), mark=sign), Cell(words.number(custody[name]))])
    table.end()
    sheet.subsection(tr("Checks that passed, by rule"))
    sheet.paragraph(
        tr(
            "These are the checks of the whole report, not only those about personal data. Each rule is named after the"
            " weakness that it looks for; the count says how often it looked and did not find it. That does not show"
            " that a measure is sufficient."
        ),
        face=style.SANS,
        size=8.5,
        leading=12,
    )
    table = sheet.table([Column(tr("Weakness that was looked for"), 370), Column(tr("Not found"), 70, right=True)])
    for row in content.passed:
        table.row([Cell(row.title, lang=RULES, mark="pass", note=row.rule), Cell(words.number(row.number))])
    table.end()


def risks(sheet: Surface, content: ReportContent) -> None:
    """Failures on personal data: input to the assessment of risks under Article 35(7)(c)."""
    rows = [(group, row) for group in content.groups for row in group.rows if row.subject.data_class in PERSONAL]
    intro = trn("{n} finding is about personal data.", "{n} findings are about personal data.", len(rows)).format(
        n=words.number(len(rows))
    )
    sheet.section(tr("Risks that were seen"), "risks", intro=intro)
    sheet.paragraph(
        tr("How likely and how severe each is for the people concerned is for you to assess (Article 35(7)(c)).")
    )
    if not rows:
        return
    table = sheet.table(
        [
            Column(tr("Finding"), 186),
            Column(tr("About"), 140),
            Column(tr("Where"), 104),
            Column(tr("Severity"), 60),
        ]
    )
    for group, row in rows:
        law = ", ".join(n.label for n in group.law[:2])
        table.row(
            [
                Cell(group.title, lang=RULES, mark="fail", note=law),
                Cell(row.subject.name, note=words.data_class(row.subject.data_class)),
                Cell(words.place(row.subject.place, content.countries)),
                Cell(words.severity(group.severity)),
            ]
        )
    table.end()


def countries(sheet: Surface, content: ReportContent) -> None:
    """Each country outside the EEA with everything that goes or lies there."""
    by_country: dict[str, list[TransferRow]] = defaultdict(list)
    for row in content.transfers:
        by_country[row.transfer.country].append(row)
    holding: dict[str, list[DataRow]] = defaultdict(list)
    for data in content.data:
        if data.place.status not in ("eea", "unknown"):
            for code in data.place.countries:
                holding[code].append(data)
    # A place spread over countries has the status of the worst of them: the others are not to be blamed for it.
    inside = {p.place.countries[0] for p in content.places if p.place.status == "eea" and len(p.place.countries) == 1}
    codes = sorted({*by_country, *holding} - inside, key=lambda c: content.countries.get(c, c))
    intro = trn(
        "Data go to {n} destination outside the EEA, or lie there.",
        "Data go to {n} destinations outside the EEA, or lie there.",
        len(codes),
    ).format(n=words.number(len(codes)))
    sheet.section(tr("Countries of destination"), "countries", intro=intro)
    sheet.paragraph(
        tr(
            "For each: what was seen. Whether the law and practice of the country impinge on the safeguards is the"
            " assessment itself (EDPB Recommendations 01/2020, steps 3 and 4); no setting shows it."
        )
    )
    for code in codes:
        _country(sheet, content, code, by_country.get(code, []), holding.get(code, []))


def _country(
    sheet: Surface, content: ReportContent, code: str, rows: list[TransferRow], holding: list[DataRow]
) -> None:
    name = content.countries.get(code, code) or tr("not known")
    name = name[:1].upper() + name[1:]
    sheet.subsection(name, f"country-{keys.plain(code)}", keep=110)
    facts = _facts(content, rows, holding)
    table = sheet.table([Column(tr("Fact"), 150), Column(tr("What was seen"), 340)])
    for fact, value, bad in facts:
        table.row([Cell(fact, color=style.MUTED), Cell(value, color=style.FAIL if bad else style.INK)])
    table.end(4)
    if rows:
        table = sheet.table(
            [Column(tr("Flow"), 220), Column(tr("Class"), 80), Column(tr("Basis"), 110), Column(tr("Status"), 80)]
        )
        for row in rows:
            bad = row.transfer.status in ("uncovered", "expired")
            table.row(
                [
                    Cell(f"{row.source} → {row.target}", note=words.flow_kind(row.flow.kind)),
                    Cell(words.data_class(row.flow.data_class)),
                    Cell(words.mechanism(row.transfer.mechanism), note=row.transfer.register_entry or ""),
                    Cell(
                        words.transfer_status(row.transfer.status, row.transfer.mechanism),
                        color=style.FAIL if bad else style.INK,
                    ),
                ]
            )
        table.end()


def _facts(content: ReportContent, rows: list[TransferRow], holding: list[DataRow]) -> list[tuple[str, str, bool]]:
    statuses = {d.place.status for d in holding} | {r.flow.target_status for r in rows}
    importers = sorted({r.transfer.importer for r in rows if r.transfer.importer})
    classes = sorted({d.data_class for d in holding} | {r.flow.data_class for r in rows}, key=list(words.CLASSES).index)
    assessed = sorted({r.transfer.tia_date for r in rows if r.transfer.tia_date is not None})
    bare = sum(r.transfer.status in ("uncovered", "expired") for r in rows)
    untold = sum(r.transfer.status in ("unknown", "decision_needed") for r in rows)
    custody = Counter(d.custody for d in holding)
    operators = sorted({d.operator for d in holding if d.operator})
    held = sum(custody[name] for name in _HELD)
    return [
        (tr("GDPR status"), ", ".join(sorted(words.status(s) for s in statuses)) or tr("not known"), False),
        (tr("Importers"), ", ".join(importers) or tr("not known"), not importers and bool(rows)),
        (tr("Classes of data"), ", ".join(words.data_class(c) for c in classes) or "–", False),
        (
            tr("Transfers"),
            trn(
                "{n} flow; {k} without a valid basis on record",
                "{n} flows; {k} without a valid basis on record",
                len(rows),
            ).format(n=words.number(len(rows)), k=words.number(bare))
            + ("; " + tr("{n} cannot be told").format(n=words.number(untold)) if untold else "")
            if rows
            else tr("none was seen"),
            bool(bare),
        ),
        (
            tr("Assessed before"),
            ", ".join(words.day(d) for d in assessed) or tr("no assessment is on record"),
            not assessed and bool(rows),
        ),
        (tr("Assets that hold data there"), words.number(len(holding)), False),
        (
            tr("Keys"),
            _keys_held(len(holding), held, custody[None]) if holding else "–",
            bool(custody["none"]),
        ),
        (tr("Operators and the country of their parent"), ", ".join(operators) or tr("not known"), False),
    ]


def _keys_held(holding: int, held: int, unknown: int) -> str:
    text = tr("your organisation holds the key of {k} of {n}").format(n=words.number(holding), k=words.number(held))
    return f"{text}; {tr('of {u} it is not known').format(u=words.number(unknown))}" if unknown else text
