"""Exported files: what kind a file is, how to read it as a stream, and what it cannot show."""

from scanners.exports.read import ImportedFile, read_exports
from scanners.exports.source import ExportError, Limits, State

__all__ = ["ExportError", "ImportedFile", "Limits", "State", "read_exports"]
