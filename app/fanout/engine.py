"""The engine that runs the work: an Executor by its address."""

import os
import re
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, Final, cast

from app.texts import tr

_PROCESSES: Final = re.compile(r"processes:([1-9][0-9]{0,2})")
_SECONDS: Final = 20


class EngineError(Exception):
    """The engine cannot be used; the text says why and what to do."""


def engine(address: str) -> Executor:
    """The executor at an address. Raises EngineError."""
    local = _PROCESSES.fullmatch(address)
    if local:
        count = min(int(local[1]), 4 * (os.cpu_count() or 1))
        return ProcessPoolExecutor(count, get_context("spawn"))
    if not address.startswith(("tcp://", "tls://", "ucx://")):
        raise EngineError(
            tr(
                "--workers {address}: give tcp://HOST:PORT or tls://HOST:PORT of a Dask scheduler, or processes:N."
            ).format(address=address[:100])
        )
    try:
        from distributed import Client
    except ImportError:
        raise EngineError(
            tr("Workers at {address} need the extra parts: install situs[scale].").format(address=address)
        ) from None
    try:
        made: Any = Client(address, timeout=_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise EngineError(
            tr("The scheduler {address} does not answer ({reason}).").format(
                address=address, reason=type(error).__name__
            )
        ) from None
    return _Closing(made)


class _Closing(Executor):
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
