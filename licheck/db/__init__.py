"""Reads license_db: the compiled form first, the YAML where that is newer."""
