"""One content model → PDF, CSV, JSON."""
