"""The window. Everything that imports Qt lives below this package."""
