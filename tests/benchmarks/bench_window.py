"""Figures of the window, offscreen. Run: `python tests/benchmarks/bench_window.py [--rows 100000]`.

Prints: time to the first window (a fresh process, cold and warm), page switch, filter and sort over many rows, drawing
of the map, and the longest time that the thread of the window did nothing else while a child process audits and while
the result is read.
"""

import argparse
import ctypes
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

_FIRST = """
import time; begun = time.perf_counter()
from app.desktop.start import application_of_qt
application = application_of_qt()
from app.desktop import theme
from app.desktop.window import Window
window = Window(theme.apply(application))
window.show(); window.grab(); application.processEvents()
print((time.perf_counter() - begun) * 1000, time.process_time() * 1000)
"""
_WITH_STORE = """
import os, pathlib, sys, time; begun = time.perf_counter()
from app.desktop import collector
from app.desktop.start import application_of_qt
collector.calm()
application = application_of_qt()
from app.desktop import theme
from app.desktop.window import Window
window = Window(theme.apply(application))
window.show(); window.grab(); application.processEvents()
first, own = (time.perf_counter() - begun) * 1000, time.process_time() * 1000
from app.desktop.desk import Desk
store = pathlib.Path(os.environ["SITUS_BENCH_STORE"])
desk = Desk(window, store, store.parent)
desk.load(store)
longest, turned = 0.0, time.perf_counter()
while window.snapshot is None or desk.busy:
    application.processEvents()
    now = time.perf_counter()
    longest, turned = max(longest, (now - turned) * 1000), now
    time.sleep(0.001)
    turned = time.perf_counter()
window.grab()
print(first, own, (time.perf_counter() - begun) * 1000, longest, len(window.snapshot.findings))
desk.stop(); window.close()
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument(
        "--cycles", type=int, default=0, help="open, filter, close so often, and print memory and handles"
    )
    parser.add_argument("--one-window", action="store_true", help="with --cycles: the window stays, as in the program")
    parser.add_argument(
        "--audit-every",
        type=int,
        default=1,
        help="with --cycles: audit in every Nth only; the child processes of the others lay down the store of the last",
    )
    parser.add_argument(
        "--store",
        type=Path,
        help="only: the first window with this judged store (bench_judge.py --keep FOLDER leaves one), and its filling",
    )
    options = parser.parse_args()
    rows: int = options.rows
    if options.cycles:
        _cycles(options.cycles, one_window=options.one_window, audit_every=options.audit_every)
        return
    if options.store:
        _with_store(options.store)
        return
    with tempfile.TemporaryDirectory(prefix="situs-") as compiled:
        (first, _), *warm = [_first_window(compiled) for _ in range(6)]
    wall, own = (statistics.median(column) for column in zip(*warm, strict=True))
    print(f"first window          cold {first:5.0f} ms, then median {wall:5.0f} ms ({own:4.0f} of the processor)")

    from app.desktop import collector, theme
    from app.desktop.start import application_of_qt
    from app.desktop.window import Window

    collector.calm()  # as the program does
    application = application_of_qt()
    window = Window(theme.apply(application))
    window.show()
    snapshot = _snapshot(rows)
    print(f"show {rows:,} assets      {_ms(lambda: window.show_snapshot(snapshot)):5.0f} ms")
    for _ in range(2):
        switches = [(_switch(window, application, n), page.title) for n, page in enumerate(window.pages)]
    slowest = max(switches)
    median = statistics.median(s for s, _ in switches)
    print(f"page switch           median {median:5.0f} ms, slowest {slowest[0]:5.0f} ms ({slowest[1]})")
    page = window.inventory
    window.go(page)
    idle = 0.0
    while page.model.preparing:
        idle = max(idle, _ms(application.processEvents))
    print(f"longest idle portion  {idle:5.1f} ms")
    watch = Watch(application)
    for name, begins in (
        ("filter", [lambda t=t: page.filter.setText(t) for t in ("fra", "frank", "asset-99", "")]),
        ("sort", [lambda c=c: page.table.sortByColumn(c, _ascending()) for c in range(4)]),
    ):
        done = [
            (watch.until(lambda: not page.model.arranging, begin).ms, watch.longest, watch.work) for begin in begins
        ]
        slowest, longest, work = (max(column) for column in zip(*done, strict=True))
        took = f"slowest {slowest:5.0f} ms, longest block {longest:5.0f} ms (own work {work:4.1f} ms)"
        print(f"{name} {rows:,} rows    {took}")
    _map(window, application)
    _million(window, application)
    window.close()
    _blocks(application)


def _cycles(cycles: int, *, one_window: bool, audit_every: int) -> None:
    """Open a window, scan in a child process, see every page, filter, find, close: nothing of it may stay."""
    import gc

    from PySide6.QtCore import QEvent, QObject

    from app.desktop import jobs, theme
    from app.desktop.start import application_of_qt
    from app.program import Program, this_program

    application = application_of_qt()
    application.setQuitOnLastWindowClosed(False)
    colours = theme.apply(application)
    folder = Path(tempfile.mkdtemp(prefix="situs-"))
    print(f"audits in every {audit_every}. cycle", flush=True)
    audited = folder / "audited.db"
    begun, spent = time.perf_counter(), time.process_time()
    kept = _opened(colours, folder) if one_window else None
    for turn in range(cycles + 1):
        audits = turn % audit_every == 0
        copying = Program(sys.executable, ("-I", "-S", "-c", _COPY, str(audited)), str(folder))
        program = this_program() if audits else copying
        jobs.this_program = lambda program=program: program
        with tempfile.TemporaryDirectory(prefix="situs-", ignore_cleanup_errors=True) as name:
            desk = kept or _opened(colours, Path(name))
            desk.own_store = desk.store = Path(name) / "situs.db"
            _cycle(application, desk, turn)
            if audits and audit_every > 1:
                shutil.copy(desk.own_store, audited)
            if not kept:
                desk.window.close()
                desk.window.deleteLater()
            del desk
        # A loop of its own runs no deferred deletion, as the program's loop does between events.
        application.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        if turn in (3, 10) or turn % max(1, min(50, cycles // 8)) == 0:
            gc.collect()
            every = gc.get_objects()
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
            print(
                f"cycle {turn:>6}   {pages * 4 / 1024:6.1f} MB, {_allocated():6.2f} MB of them allocated by libraries, "
                f"{sys.getallocatedblocks():,} blocks in Python, {len(list(Path('/proc/self/fd').iterdir()))} handles, "
                f"{len(list(Path('/proc/self/task').iterdir()))} threads, {len(every):,} objects of Python, "
                f"{sum(isinstance(one, QObject) for one in every)} of Qt; "
                f"{time.perf_counter() - begun:,.0f} s, {time.process_time() - spent:,.0f} s of them of this process, "
                f"load {os.getloadavg()[0]:.1f}",
                flush=True,
            )
            del every  # else the next list holds this one, and so all that there ever was


_COPY = """
import shutil, sys
for n in range(20):
    print('{"text": "Reading", "done": %d, "total": 20}' % n, file=sys.stderr, flush=True)
shutil.copy(sys.argv[1], sys.argv[sys.argv.index("--store") + 1])
"""
"""A child process that says how far it is and leaves a store, without the second of processor that an audit takes."""


class _Heap(ctypes.Structure):
    """`struct mallinfo2` of glibc, in bytes: what libraries hold, without Python's small objects."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            "arena",
            "ordblks",
            "smblks",
            "hblks",
            "hblkhd",
            "usmblks",
            "fsmblks",
            "uordblks",
            "fordblks",
            "keep",
        )
    )


def _allocated() -> float:
    """MB that libraries have allocated and not given back; 0 where the system's library does not tell."""
    tell = getattr(ctypes.CDLL(None), "mallinfo2", None) if sys.platform == "linux" else None
    if tell is None:
        return 0.0
    tell.restype = _Heap
    return tell().uordblks / (1 << 20)


def _opened(colours, folder: Path):
    from app.desktop.desk import Desk
    from app.desktop.window import Window

    window = Window(colours)
    window.show()
    return Desk(window, folder / "situs.db", folder)


def _cycle(application, desk, turn: int) -> None:
    from PySide6.QtCore import QEventLoop

    from app.desktop.jobs import reading
    from resources import ROOT

    wait = QEventLoop.ProcessEventsFlag.WaitForMoreEvents
    window = desk.window
    desk.read_files([ROOT / "templates" / "sites.yaml"])
    while desk.busy or reading():
        application.processEvents(wait)
    if window.snapshot is None or desk.box is not None:
        raise SystemExit(desk.box.text() if desk.box else "the scan left nothing to show")
    for page in window.pages:
        window.go(page)
        application.processEvents()
    window.findings.filter.setText(str(turn % 7))
    window.inventory.filter.setText("a")
    window.inventory.table.selectRow(0)
    palette = window.open_palette()
    palette.narrow("si")
    palette.reject()
    application.processEvents()
    while reading():
        application.processEvents(wait)
    desk.stop()
    window.show_snapshot(None)


def _first_window(compiled: str) -> tuple[float, float]:
    """Milliseconds by the clock and of the processor. `compiled`: where bytecode is kept."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, "-c", _FIRST],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env=environment,
    )
    wall, own = map(float, done.stdout.split())
    return wall, own


def _with_store(store: Path) -> None:
    """Fresh processes that open the window and then show what is in a copy of a large store."""
    with tempfile.TemporaryDirectory(prefix="situs-") as name:
        copy = Path(name) / "situs.db"
        shutil.copy(store, copy)
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": name, "SITUS_BENCH_STORE": str(copy)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        runs = [
            subprocess.run(
                [sys.executable, "-c", _WITH_STORE],
                capture_output=True,
                text=True,
                check=True,
                cwd=Path(__file__).parents[2],
                env=environment,
            ).stdout.split()
            for _ in range(6)
        ]
    first, own, full, longest, findings = (statistics.median(map(float, c)) for c in zip(*runs[1:], strict=True))
    load = os.getloadavg()[0]
    print(f"first window with a store   {first:5.0f} ms ({own:4.0f} of the processor); load {load:.1f}")
    print(f"its {findings:,.0f} findings shown after {full:5.0f} ms, longest block {longest:5.0f} ms")


def _ms(work) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def _switch(window, application, number: int) -> float:
    def go() -> None:
        window.navigation.setCurrentRow(number)
        application.processEvents()
        window.grab()

    return _ms(go)


def _snapshot(rows: int):
    from app.desktop.snapshot import AssetRow, FindingRow, Snapshot

    assets = tuple(
        AssetRow(f"arn:aws:s3:::asset-{n}", f"asset-{n}", "storage bucket", "AWS", f"{n % 40:012}",
                 ("Frankfurt, Germany", "Oregon, United States")[n % 2], "personal", "provider")
        for n in range(rows)
    )  # fmt: skip
    findings = tuple(
        FindingRow(f"SIT-RES-{n % 12:03}", "Personal data is stored abroad", "high", ("fail", "not_checked")[n % 2],
                   f"uid-{n}", f"asset-{n}", "storage bucket", "AWS", "1", "Oregon", "GDPR Art. 44", "why", "", "", "")
        for n in range(20_000)
    )  # fmt: skip
    return Snapshot("scope", "sentence", findings=findings, assets=assets, counts={"fail": 10_000}, all_assets=rows)


def _ascending():
    from PySide6.QtCore import Qt

    return Qt.SortOrder.AscendingOrder


def _map(window, application) -> None:
    from app.desktop.jobs import reading

    window.go(window.places)
    application.processEvents()
    while reading():
        application.processEvents()
    drawn = window.places.map
    drawn._land = None
    first = _ms(drawn.grab)
    again = statistics.median(_ms(drawn.grab) for _ in range(9))
    print(f"map                   first {first:5.0f} ms, again {again:5.1f} ms")


def _million(window, application) -> None:
    from dataclasses import replace

    from msgspec import structs

    from app.desktop.assetcache import AssetCache

    snapshot = _snapshot(20_000)
    cache = AssetCache()
    begun, spent = time.perf_counter(), time.thread_time()
    for turn in range(50):
        cache.add(structs.replace(a, name=f"{a.name}-{(turn * 7919) % 50}") for a in snapshot.assets)
    print(
        f"cache of {cache.count:,} assets written in {time.perf_counter() - begun:5.1f} s, "
        f"{time.thread_time() - spent:5.1f} s of the processor"
    )
    page = window.inventory
    window.go(page)
    watch = Watch(application)

    def answered(begin) -> str:
        spent = time.process_time()
        firsts: list[tuple[float, float]] = []
        began = time.perf_counter()

        def seen() -> bool:
            if page.assets.first and not firsts:
                firsts.append(((time.perf_counter() - began) * 1000, (time.process_time() - spent) * 1000))
            return not page.assets.waiting

        watch.until(seen, begin)
        first = firsts[0] if firsts else (watch.ms, (time.process_time() - spent) * 1000)
        return f"first rows {first[0]:5.0f} ms ({first[1]:4.0f} of the processor), all {watch.ms:5.0f} ms, {watch}"

    for name, begin in (
        ("opened", lambda: window.show_soon(replace(snapshot, cache=cache, all_assets=cache.count))),
        ("sort, at once", lambda: page.table.sortByColumn(0, _ascending())),
        ("sort by place", lambda: page.table.sortByColumn(2, _ascending())),
        ("filter, rare", lambda: page.filter.setText("asset-199")),
        ("filter, common", lambda: page.filter.setText("oregon")),
        ("filter, nearly all", lambda: page.filter.setText("a")),
        ("filter, none", lambda: page.filter.setText("no such words")),
    ):
        print(f"  {name:<18}  {answered(begin)}; load {os.getloadavg()[0]:.1f}")
    page.filter.clear()
    answered(lambda: None)
    bar = page.table.verticalScrollBar()

    def scroll(to: int) -> float:
        def go() -> None:
            bar.setValue(to)
            page.table.viewport().repaint()

        return _ms(go)

    near = [scroll(1000 + 3 * n) for n in range(60)]
    far = [scroll(n * 100_003 % max(1, bar.maximum())) for n in range(1, 20)]
    print(f"  scrolling           median {statistics.median(near):5.1f} ms, far jump {statistics.median(far):5.1f} ms")
    window.show_snapshot(None)


class Watch:
    """How long the thread of the window answered nothing: by the clock, and of that its own work on the processor.

    The rest of a gap is another process's turn, or another thread's that held the interpreter.
    """

    def __init__(self, application) -> None:
        from PySide6.QtCore import QTimer

        self._application = application
        self._timer = QTimer()
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._tick)
        self.ms = self.longest = self.work = 0.0

    def _tick(self) -> None:
        now, own = time.perf_counter(), time.thread_time()
        self.longest = max(self.longest, (now - self._last) * 1000)
        self.work = max(self.work, (own - self._own) * 1000)
        self._last, self._own = now, own

    def until(self, done, begin=lambda: None) -> "Watch":
        """Begin something, and let events come until it is done."""
        from PySide6.QtCore import QEventLoop

        self.longest = self.work = 0.0
        begun = self._last = time.perf_counter()
        self._own = time.thread_time()
        self._timer.start()
        begin()
        while not done():
            self._application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        self._application.processEvents()
        self._tick()
        self._timer.stop()
        self.ms = (time.perf_counter() - begun) * 1000
        return self

    def __str__(self) -> str:
        return f"longest block {self.longest:5.0f} ms (own work {self.work:4.1f} ms)"


def _blocks(application) -> None:
    from app.desktop import theme
    from app.desktop.desk import Desk
    from app.desktop.window import Window

    with tempfile.TemporaryDirectory(prefix="situs-", ignore_cleanup_errors=True) as name:
        window = Window(theme.apply(application))
        window.show()
        application.processEvents()
        desk = Desk(window, Path(name) / "situs.db", Path(name))
        watch = Watch(application)
        watch.until(lambda: desk._job is None, desk.open_sample)
        print(f"while a child audits              {watch}; load {os.getloadavg()[0]:.1f}")
        watch.until(lambda: not desk.busy)
        print(f"while its result is read and shown {watch}; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
