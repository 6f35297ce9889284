"""Shared by tests: builders of files, stand-ins of services."""
