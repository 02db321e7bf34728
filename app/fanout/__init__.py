"""A scan of many accounts, spread over workers of an engine that exists: anything with a `concurrent.futures` Executor.

    engine(address) -> Executor      `tcp://host:port` or `tls://…`: Dask's scheduler; `processes:N`: on this computer
    units(connection, …) -> list[Unit]      one for each account (AWS, Azure), else one for the whole connection
    Spread(engine, …).run(…)         runs units, hands what they read to the store, and keeps what is done on disk

A worker logs in by itself: what is sent names secrets (`vault:NAME`, `env:NAME`) and never holds them. It returns what
it read and never writes to the store. A scan that was interrupted is resumed account by account.
"""

from app.fanout.engine import EngineError, check_address, engine
from app.fanout.spread import Spread
from app.fanout.unit import Unit, Yield, read_unit

__all__ = ["EngineError", "Spread", "Unit", "Yield", "check_address", "engine", "read_unit"]
