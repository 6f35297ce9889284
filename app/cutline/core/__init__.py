"""The core: knows no Qt and no terminal."""
