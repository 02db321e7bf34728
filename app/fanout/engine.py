"""The engine that runs the work: an Executor by its address."""

import contextlib
import os
import re
import sys
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from typing import Any, Final, cast

from app import __version__
from app.texts import tr

_PROCESSES: Final = re.compile(r"processes:([1-9][0-9]{0,2})")
_SCHEMES: Final = ("tcp://", "tls://", "ucx://")
_SECONDS: Final = 20


class EngineError(Exception):
    """The engine cannot be used; the text says why and what to do."""


def check_address(address: str) -> None:
    """Raises EngineError for what cannot be the address of an engine; nothing is asked of it."""
    if not _PROCESSES.fullmatch(address) and not address.startswith(_SCHEMES):
        sentence = tr(
            "--workers {address}: give tcp://HOST:PORT or tls://HOST:PORT of a Dask scheduler, or processes:N."
        )
        raise EngineError(sentence.format(address=address[:100]))


def engine(address: str) -> Executor:
    """The executor at an address. Raises EngineError."""
    check_address(address)
    local = _PROCESSES.fullmatch(address)
    if local:
        try:
            return _Processes(min(int(local[1]), 4 * (os.cpu_count() or 1)))
        except OSError as error:
            sentence = tr("Processes cannot be used here ({reason}); in a container, /dev/shm has to be there.")
            raise EngineError(sentence.format(reason=error.strerror or type(error).__name__)) from error
    try:
        from distributed import Client
    except ImportError:
        raise EngineError(_without_parts(address)) from None
    try:
        made: Any = Client(address, timeout=_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise EngineError(
            tr("The scheduler {address} does not answer ({reason}).").format(
                address=address, reason=type(error).__name__
            )
        ) from None
    try:
        _check(made, address)
    except BaseException:
        made.close()
        raise
    return _Cluster(made)


def _without_parts(address: str) -> str:
    if getattr(sys, "frozen", False):
        return tr(
            "Workers at {address} cannot be used from this installed program, which comes without Dask. Use "
            "--workers processes:N on this computer, or run Situs from Python: pip install situs[scale]."
        ).format(address=address)
    return tr("Workers at {address} need the extra parts: install situs[scale].").format(address=address)


def _check(client: Any, address: str) -> None:
    """That there are workers, and that each has this Situs. Raises EngineError."""
    try:
        client.wait_for_workers(1, timeout=_SECONDS)
    except TimeoutError:
        sentence = tr("The scheduler {address} has no workers; start one: dask worker {address}")
        raise EngineError(sentence.format(address=address)) from None
    told: dict[str, Any] = client.run(version, on_error="return")
    others = sorted({str(v) if isinstance(v, str) else "none" for v in told.values()} - {__version__})
    if others:
        raise EngineError(
            tr(
                "Workers at {address} have another Situs ({found}) than this computer ({here}); install the same "
                "version for the Python of every worker."
            ).format(address=address, found=", ".join(others), here=__version__)
        )


def version() -> str:
    """The version of Situs, as a worker tells it."""
    return __version__


def taken_back() -> Callable[[], bool]:
    """Whether whoever asked for the task that runs here no longer wants it; asked on a worker, costs no message."""
    module = sys.modules.get("distributed.worker")
    if module is None:
        return lambda: False
    try:
        worker: Any = module.get_worker()
        key: Any = module.thread_state.key
    except (ValueError, AttributeError):  # this thread is no worker's
        return lambda: False

    def gone() -> bool:
        task = worker.state.tasks.get(key)
        return task is None or task.state == "cancelled"

    return gone


class _Processes(Executor):
    """Processes of this computer. One that dies takes all others of its pool along, so the next task gets a new pool.
    A scan that is stopped does not wait for them."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool = self._new()

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Runs a function in a process."""
        try:
            return self._pool.submit(fn, *args, **kwargs)
        except BrokenExecutor:
            self._pool.shutdown(wait=False)
            self._pool = self._new()
            return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the processes; without `wait`, whatever they are doing."""
        # Python waits for running tasks of a pool when it ends, and offers no public way to stop them before 3.14.
        running: dict[int, Any] = {} if wait else dict(getattr(self._pool, "_processes", None) or {})
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)
        for process in running.values():
            with contextlib.suppress(OSError, ValueError):  # ended by itself
                process.terminate()

    def _new(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self._count, get_context("spawn"), initializer=end_with_parent)


def end_with_parent() -> None:
    """Makes this process end when the program that started it was killed: nobody waits for what it reads."""
    parent = parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, name="situs-parent", daemon=True).start()


class _Cluster(Executor):
    """Dask's executor, which closes its connection when it is shut down. A lost worker's task is run again twice."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._inner = cast(Executor, client.get_executor(retries=2, pure=False))

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Runs a function on a worker."""
        return self._inner.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Gives the connection back."""
        self._inner.shutdown(wait=wait)
        self._client.close()
