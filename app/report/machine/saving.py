"""Writing a workbook so that the same content gives the same bytes, whenever and on whatever system it is written."""

import shutil
from datetime import UTC, datetime, time
from pathlib import Path
from typing import IO, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from app.report.source import Head

_MOMENT: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3


def moment_of(head: Head) -> datetime:
    """When the scan ended, as near as is known: the time that a report's files bear."""
    scan = head.scan
    return (scan.ended or scan.started or datetime.combine(head.as_of, time(), UTC)).astimezone(UTC)


def save(book: Any, target: Path, head: Head) -> None:
    """Saves an openpyxl workbook, made and changed when the scan of its report ended."""
    from openpyxl.writer.excel import ExcelWriter

    moment = moment_of(head).replace(tzinfo=None, microsecond=0)
    book.properties.creator = "Situs"
    book.properties.created = book.properties.modified = moment
    writer: Any = ExcelWriter  # its own function would set the time of day
    with _Archive(target, "w", ZIP_DEFLATED, allowZip64=True) as archive:
        writer(book, archive).save()


class _Archive(ZipFile):
    """A zip whose members bear no time of day and no trace of the system that wrote them."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *more: Any, **named: Any) -> None:
        """A member from memory."""
        name = zinfo_or_arcname.filename if isinstance(zinfo_or_arcname, ZipInfo) else zinfo_or_arcname
        super().writestr(_entry(str(name)), data, *more, **named)

    def write(self, filename: Any, arcname: Any = None, *more: Any, **named: Any) -> None:
        """A member from a file."""
        source = Path(filename)
        info = _entry(str(arcname or filename))
        info.file_size = source.stat().st_size
        out: IO[bytes]
        with source.open("rb") as file, self.open(info, "w") as out:
            shutil.copyfileobj(file, out, 1 << 20)


def _entry(name: str) -> ZipInfo:
    info = ZipInfo(name, _MOMENT)
    info.compress_type = ZIP_DEFLATED
    info.create_system = _UNIX
    info.external_attr = 0o644 << 16
    return info
