"""Every error Cutline shows a person, in one tree.

    CutlineError
    ├── ConfigError             config         a setting or an argument is wrong
    ├── KeyStoreError           key_store      the OS keyring cannot be used
    ├── Cancelled               cancelled      the person stopped it
    ├── PhotoError
    │   ├── Unreadable          unreadable     the file cannot be opened, or is not a picture
    │   │   └── Malformed       unreadable     one metadata block breaks its standard's rules
    │   ├── Unfetchable         unreachable    a picture on the web could not be fetched
    │   ├── Unsupported         unsupported    a picture, but nothing can be embedded in this format
    │   ├── ReadOnly            read_only      the file or its folder may not be written
    │   ├── ChangedMeanwhile    changed_meanwhile   another program changed the photo since it was read
    │   ├── InUse               changed_meanwhile   another Cutline is writing to the photo, and does not end
    │   └── DiskError           disk           the disk is full or failing; the write was rolled back
    │       └── JournalError    disk           the journal cannot be used: further answers would be lost
    └── BackendError            (carries what the service said, verbatim)
        ├── AuthError           auth           no key, or the service refuses it
        ├── QuotaError          quota          the credits are used up
        │   └── BudgetReached   quota          what the person allowed the run to cost is used up
        ├── RateLimited         rate_limited   asked too often, and waiting did not help
        ├── Rejected            rejected       the service refuses this picture
        ├── BadAnswer           bad_answer     the service's answer cannot be understood
        ├── Unreachable         unreachable    no connection, or the service says that it is down (502, 503, 504)
        │   └── ServerError     unreachable    the service failed at this request (500 and its like)
        └── TimedOut            timeout        no answer within the time allowed

`str(error)` is one sentence for a person: what, where, what to do. Foreign exceptions are translated into these
at the edge where they appear (the HTTP layer, the file layer, the keyring), and nowhere else.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ServiceSaid:
    """What a service answered when it refused, verbatim, for the person to quote to its support."""

    code: str = ""
    message: str = ""
    request_id: str = ""


class CutlineError(Exception):
    """The root: whatever goes wrong in Cutline is one of its leaves."""

    code: ClassVar[str] = "config"
    stops_run: ClassVar[bool] = False
    """Whether asking for further photos is pointless until a person has done something."""
    passing: ClassVar[bool] = False
    """Whether the same request may well succeed later."""


class ConfigError(CutlineError):
    """A setting or an argument is wrong."""

    stops_run = True


class KeyStoreError(CutlineError):
    """The OS keyring is missing, locked, or did not keep what it was given."""

    code = "key_store"
    stops_run = True


class Cancelled(CutlineError):
    """The person stopped it."""

    code = "cancelled"


class PhotoError(CutlineError):
    """Something is wrong with one photo; the others go on."""

    code = "unreadable"


class Unreadable(PhotoError):
    """The file cannot be opened, is damaged, or is not a picture."""


class Malformed(Unreadable):
    """One metadata block breaks its standard's rules: it is left as it is, and the other carriers are used."""


class Unfetchable(PhotoError):
    """A picture on the web could not be fetched."""

    code = "unreachable"


class Unsupported(PhotoError):
    """A picture, but in a format that cannot be changed safely."""

    code = "unsupported"


class ReadOnly(PhotoError):
    """The file or its folder may not be written."""

    code = "read_only"


class ChangedMeanwhile(PhotoError):
    """Another program changed the photo since it was read."""

    code = "changed_meanwhile"


class InUse(PhotoError):
    """Another Cutline is writing to the photo, and waiting did not help."""

    code = "changed_meanwhile"


class DiskError(PhotoError):
    """The disk is full or failing; nothing was changed."""

    code = "disk"


class JournalError(DiskError):
    """The journal cannot be used: what is asked for and paid could not be kept."""

    stops_run = True


class BackendError(CutlineError):
    """A tagging backend did not give an answer."""

    code = "bad_answer"

    def __init__(self, message: str, said: ServiceSaid | None = None) -> None:
        super().__init__(message)
        self.said = said or ServiceSaid()


class AuthError(BackendError):
    """No key, or the service refuses it."""

    code = "auth"
    stops_run = True


class QuotaError(BackendError):
    """The credits are used up."""

    code = "quota"
    stops_run = True


class BudgetReached(QuotaError):
    """What the person allowed a run to cost is used up."""


class RateLimited(BackendError):
    """The service says it was asked too often, and waiting did not help."""

    code = "rate_limited"
    passing = True


class Rejected(BackendError):
    """The service refuses this picture."""

    code = "rejected"


class BadAnswer(BackendError):
    """The service's answer cannot be understood."""

    passing = True


class Unreachable(BackendError):
    """No connection, or the service says that it is down (502, 503, 504)."""

    code = "unreachable"
    stops_run = True
    passing = True


class ServerError(Unreachable):
    """The service failed at this request (500 and its like); it may do better with the next picture."""

    stops_run = False


class TimedOut(BackendError):
    """No complete answer within the time allowed."""

    code = "timeout"
    passing = True
