"""Exports: what is in the files, as CSV, JSON, sidecars."""
