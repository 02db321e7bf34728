"""Exported files: what kind a file is, how to read it as a stream, and what it cannot show."""
