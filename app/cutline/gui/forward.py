"""What a person can do about an error: the label of a button, and what it stands for."""

from enum import Enum

from cutline.core.errors import (
    AuthError,
    BudgetReached,
    ConfigError,
    CutlineError,
    KeyStoreError,
    QuotaError,
    RateLimited,
    TimedOut,
    Unreachable,
)


class Way(Enum):
    """Ways forward."""

    NONE = ""
    KEY = "Set Key…"
    SETTINGS = "Open Settings…"
    AGAIN = "Try Again"
    RESUME = "Resume"


def way(error: object) -> Way:
    """The way forward from `error`."""
    if isinstance(error, BudgetReached):
        return Way.RESUME
    if isinstance(error, AuthError | KeyStoreError):
        return Way.KEY
    if isinstance(error, QuotaError | ConfigError):
        return Way.SETTINGS
    if isinstance(error, Unreachable | RateLimited | TimedOut):
        return Way.AGAIN
    return Way.NONE


def sentence(error: object) -> str:
    """`error` for a person: what is ours says it itself, a defect is named and logged."""
    if isinstance(error, CutlineError):
        return str(error)
    return f"Something went wrong inside Cutline ({type(error).__name__}); the log in its state folder has the details."
