"""The `situs` command."""
