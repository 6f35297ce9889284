"""Cutline: suggests a title, tags and a description for photos, and embeds what the person accepts."""

__version__ = "0.1.0"
