"""Metadata blocks, edited by pure functions from bytes to bytes; they know no container."""
