"""The window: the other face of the core, and the only place that imports PySide6."""
