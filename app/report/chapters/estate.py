"""Where things are: places, data, GPUs, keys. Four facts in four columns, never merged."""

from collections import Counter
from collections.abc import Iterator, Mapping

from app.report import sentences, words
from app.report.content import PERSONAL, DataRow, ReportContent, holds_data
from app.report.meanings import state
from app.report.pdf import keys, style
from app.report.source import Place
from app.report.surface import Cell, Column, Part, Surface
from app.texts import tr


def status_cell(place: Place | None, *, note: str = "") -> Cell:
    """The status of a place: words in colour, grave ones with a mark."""
    name = "unknown" if place is None else place.status
    if name in ("third_country", "adequate_partial"):
        return Cell(words.status(name), color=style.FAIL, mark="fail", note=note)
    if name == "unknown":
        return Cell(words.status(name), color=style.NOT_CHECKED, mark="not_checked", note=note)
    return Cell(words.status(name), note=note)


def place_columns() -> list[Column]:
    """The columns of the map in figures."""
    return [
        Column(tr("Place"), 142),
        Column(tr("Countries"), 92),
        Column(tr("GDPR status"), 126),
        Column(tr("Data"), 36, right=True),
        Column(tr("Personal"), 46, right=True),
        Column("GPUs", 40, right=True),
        Column(tr("Keys"), 46, right=True),
    ]


def place_rows(content: ReportContent) -> Iterator[list[Cell]]:
    """Every place with what is there."""
    for spot in content.places:
        gpus = words.number(spot.gpus) if spot.gpus or not spot.gpus_unknown else ""
        if spot.gpus_unknown:
            gpus = f"{gpus} + ?" if gpus else "?"
        yield [
            Cell(words.place(spot.place, content.countries)),
            Cell(tr("any") if spot.place.everywhere else words.countries(spot.place.countries, content.countries)),
            status_cell(spot.place),
            Cell(words.number(spot.data)),
            Cell(words.number(spot.personal)),
            Cell(gpus),
            Cell(words.number(spot.keys)),
        ]


def places(sheet: Surface, content: ReportContent, size: float = 8) -> None:
    """The map in figures: every place with what is there."""
    table = sheet.table(place_columns(), size=size)
    for cells in place_rows(content):
        table.row(cells)
    table.end(2)
    if any(spot.gpus_unknown for spot in content.places):
        sheet.paragraph(
            tr("“?” stands for machines whose number of accelerators is not known."),
            face=style.SANS,
            size=7.5,
            leading=10,
        )


def data(sheet: Surface, content: ReportContent) -> None:
    """Assets that hold data: where they rest, where they are processed, who holds the key, who runs them."""
    sheet.section(tr("Where your data are"), "data", intro=sentences.data(content), fresh=False)
    if not content.data:
        return
    sheet.bar(by_status(Counter(r.place.status for r in content.data)))
    if len(content.data) > keys.MOST_ROWS:
        _counts(sheet, content.data, content)
        return
    columns = [
        Column(tr("Asset"), 136),
        Column(tr("Class"), 86),
        Column(tr("Rests in"), 98),
        Column(tr("Processed in"), 70),
        Column(tr("Key held by"), 74),
        Column(tr("Fails"), 40, right=True),
    ]
    for status, title in _GROUPS:
        rows = [r for r in content.data if r.place.status in status]
        if not rows:
            continue
        sheet.subsection(f"{tr(title)} ({words.number(len(rows))})", f"data-{status[0]}", keep=60)
        table = sheet.table(columns)
        for row in rows:
            table.row(_data_cells(row, content), keys.asset(row.uid))
        table.end()


_GROUPS = (
    (("unknown",), "In places whose country is not known"),
    (("third_country", "adequate_partial"), "In third countries"),
    (("adequate",), "In countries with an adequacy decision"),
    (("eea",), "In the EEA"),
)


def processing(sheet: Surface, content: ReportContent) -> None:
    """What computes on the data: training jobs, notebooks, models that answer, transfer jobs."""
    sheet.section(tr("Where your data are processed"), "processing", intro=sentences.processing(content), fresh=False)
    if not content.computing:
        return
    if len(content.computing) > keys.MOST_ROWS:
        _counts(sheet, content.computing, content)
        return
    columns = [
        Column(tr("Asset"), 150),
        Column(tr("Class"), 86),
        Column(tr("Set up in"), 110),
        Column(tr("Processes in"), 112),
        Column(tr("Fails"), 40, right=True),
    ]
    table = sheet.table(columns)
    for row in content.computing:
        cells = _data_cells(row, content)
        table.row([*cells[:4], cells[5]], keys.asset(row.uid))
    table.end()


def _data_cells(row: DataRow, content: ReportContent) -> list[Cell]:
    grave = row.place.status in ("third_country", "adequate_partial")
    place = words.place(row.place, content.countries)
    note = words.beside(row.place, content.countries)
    if row.place.evidence in ("declared", "metadata_only"):
        said = tr("as declared") if row.place.evidence == "declared" else tr("place of its record only")
        note = f"{note}; {said}" if note else said
    personal = row.data_class in PERSONAL
    failing = Cell(
        words.number(row.failing),
        color=style.FAIL if row.failing else style.MUTED,
        link=_first_group(content).get(row.uid),
    )
    custody_bad = row.custody == "none"
    return [
        Cell(
            row.name,
            note=words.notes(
                words.kind(row.kind), f"{words.provider(row.provider)} {row.account}", words.stale(row.stale)
            ),
        ),
        Cell(
            words.data_class(row.data_class),
            face=style.BOLD if personal else style.SANS,
            note=_source(row.data_class_source) if row.data_class != "unclassified" else "",
        ),
        Cell(place, note=note, color=style.FAIL if grave else style.INK),
        _processing_cell(row, content),
        Cell(
            words.custody(row.custody, short=True),
            color=style.FAIL if custody_bad else style.NOT_CHECKED if row.custody is None else style.INK,
            link=keys.asset(row.key) if row.key else None,
        ),
        failing,
    ]


def _processing_cell(row: DataRow, content: ReportContent) -> Cell:
    place = row.processing
    if place is None:
        # What lies at rest computes nothing. Of what does compute, nothing said is not known, never "the same place".
        stores = holds_data(row.kind)
        return Cell("–" if stores else tr("not known"), color=style.MUTED if stores else style.NOT_CHECKED)
    name = words.place(place, content.countries)
    grave = place.everywhere or place.status in ("third_country", "adequate_partial")
    return Cell(name, color=style.FAIL if grave else style.INK, note=words.beside(place, content.countries))


_SOURCES = {"tag": "by label", "policy": "by policy", "inherited": "from its source", "none": ""}


def _source(name: str) -> str:
    """Who stated the class, for people."""
    text = _SOURCES.get(name, name)
    return tr(text) if text else ""


_known: list[tuple[ReportContent, dict[str, str]]] = []
"""The latest content that was asked for, held itself: another one may get the address of one that is gone."""


def _first_group(content: ReportContent) -> dict[str, str]:
    """Asset → key of the gravest rule block it stands in."""
    if _known and _known[0][0] is content:
        return _known[0][1]
    known: dict[str, str] = {}
    for group in content.groups:
        for row in group.rows:
            if not row.subject.flow:
                known.setdefault(row.subject.key, keys.group(group.severity, group.id))
    _known[:] = [(content, known)]
    return known


def _counts(sheet: Surface, rows: list[DataRow], content: ReportContent) -> None:
    note = tr(
        "There are too many to print one by one. The table counts them by place, kind and class; the JSON and CSV "
        "reports list every one, and each that fails a check stands under its finding."
    )
    sheet.paragraph(note)
    counts: Counter[tuple[str, str, str]] = Counter((r.place.key, r.kind, r.data_class) for r in rows)
    spots = {r.place.key: r.place for r in rows}
    columns = [
        Column(tr("Place"), 150),
        Column(tr("GDPR status"), 122),
        Column(tr("Kind"), 116),
        Column(tr("Class"), 84),
        Column(tr("Assets"), 42, right=True),
    ]
    table = sheet.table(columns)
    for (key, kind, data_class), number in sorted(counts.items(), key=lambda c: (spots[c[0][0]].status, c[0])):
        place = spots[key]
        table.row(
            [
                Cell(words.place(place, content.countries)),
                status_cell(place),
                Cell(words.kind(kind)),
                Cell(words.data_class(data_class)),
                Cell(words.number(number)),
            ]
        )
    table.end()


def gpus(sheet: Surface, content: ReportContent) -> None:
    """The GPU estate: what, how many, where, run by whom."""
    sheet.section(tr("Your GPU estate"), "gpus", intro=sentences.gpus(content), fresh=False)
    rows = content.gpus
    if not rows:
        return
    numbers = Counter[str]()
    for row in rows:
        if row.counted_in is None:
            numbers[row.place.status] += row.count or 0
    sheet.bar(by_status(numbers))
    sheet.gap(6)
    totals = Counter[tuple[str, str]]()
    unknown = Counter[tuple[str, str]]()
    for row in rows:
        if row.counted_in is None:
            model = row.model or tr("model not known")
            totals[words.provider(row.provider), model] += row.count or 0
            unknown[words.provider(row.provider), model] += row.count is None
    table = sheet.table(
        [Column(tr("Provider"), 130), Column(tr("Accelerator"), 150), Column(tr("Count"), 60, right=True)],
        full=False,
    )
    for (provider, model), number in sorted(totals.items()):
        missing = unknown[provider, model]
        text = words.number(number) if number or not missing else tr("not known")
        table.row([Cell(provider), Cell(model), Cell(f"{text} + ?" if number and missing else text)])
    table.end(16)
    listed = rows if len(rows) <= keys.MOST_ROWS else rows[: keys.MOST_ROWS]
    columns = [
        Column(tr("Machines"), 140),
        Column(tr("Accelerator"), 92),
        Column(tr("Count"), 46, right=True),
        Column(tr("Place"), 106),
        Column(tr("GDPR status"), 116),
    ]
    sheet.subsection(tr("Every group of machines"), "gpus-all")
    table = sheet.table(columns)
    for row in listed:
        counted = tr("counted in {name}").format(name=row.counted_in) if row.counted_in is not None else ""
        place = words.place(row.place, content.countries)
        table.row(
            [
                Cell(
                    row.name,
                    note=words.notes(words.kind(row.kind), words.provider(row.provider), words.stale(row.stale)),
                ),
                Cell(row.model or tr("not known"), color=style.INK if row.model else style.NOT_CHECKED, note=counted),
                Cell(
                    tr("not known")
                    if row.count is None
                    else f"({words.number(row.count)})"
                    if counted
                    else words.number(row.count),
                    color=style.NOT_CHECKED if row.count is None else style.MUTED if counted else style.INK,
                ),
                Cell(place, note=words.beside(row.place, content.countries)),
                status_cell(row.place, note=row.operator or ""),
            ],
            keys.asset(row.uid) if len(rows) <= keys.MOST_ROWS else None,
        )
    table.end()
    if len(listed) < len(rows):
        rest = words.number(len(rows) - len(listed))
        sheet.paragraph(tr("{n} more groups of machines are listed in the JSON report.").format(n=rest))


def key_estate(sheet: Surface, content: ReportContent) -> None:
    """Keys: who holds them, where, and what they protect."""
    sheet.section(tr("Who holds the keys"), "keys", intro=sentences.keys(content), fresh=False)
    custody = Counter(r.custody for r in content.data if r.data_class in PERSONAL)
    sheet.bar(
        [
            Part(words.custody("external", short=True), custody["external"], style.PASS),
            Part(
                tr("your organisation"),
                custody["customer"] + custody["customer_hsm"] + custody["dedicated_hsm"],
                style.ACCENT,
            ),
            Part(words.custody("provider", short=True), custody["provider"], style.ADEQUATE),
            Part(words.custody("none", short=True), custody["none"], style.FAIL),
            Part(words.custody(None), custody[None], style.NOT_CHECKED, open_=True),
        ],
    )
    sheet.gap(4)
    rows = content.keys
    if not rows:
        sheet.paragraph(
            tr("No key that you manage yourself was seen.")
            if content.head.scan.complete
            else tr("No key that you manage yourself was seen in what could be read.")
        )
        return
    columns = [
        Column(tr("Key"), 166),
        Column(tr("Held by"), 124),
        Column(tr("State"), 62),
        Column(tr("Place"), 104),
        Column(tr("Protects"), 44, right=True),
    ]
    table = sheet.table(columns)
    for row in rows[: keys.MOST_ROWS]:
        place = words.place(row.place, content.countries)
        bad = row.state not in (None, "enabled")
        table.row(
            [
                Cell(row.name, note=words.notes(words.provider(row.provider), words.stale(row.stale))),
                Cell(words.custody(row.custody), color=style.INK if row.custody else style.NOT_CHECKED),
                Cell(
                    state(row.state),
                    color=style.FAIL if bad else style.INK,
                ),
                Cell(place, note=words.beside(row.place, content.countries)),
                Cell(words.number(row.protects)),
            ],
            keys.asset(row.uid) if len(rows) <= keys.MOST_ROWS else None,
        )
    table.end()
    if len(rows) > keys.MOST_ROWS:
        rest = words.number(len(rows) - keys.MOST_ROWS)
        sheet.paragraph(tr("{n} more keys are listed in the JSON report.").format(n=rest))


def by_status(numbers: Mapping[str, int]) -> list[Part]:
    """Counts by GDPR status, safest first."""
    return [
        Part(words.status("eea"), numbers.get("eea", 0), style.ACCENT),
        Part(words.status("adequate"), numbers.get("adequate", 0), style.ADEQUATE),
        Part(words.status("adequate_partial"), numbers.get("adequate_partial", 0), style.PARTIAL),
        Part(words.status("third_country"), numbers.get("third_country", 0), style.FAIL),
        Part(words.status("unknown"), numbers.get("unknown", 0), style.NOT_CHECKED, open_=True),
    ]
