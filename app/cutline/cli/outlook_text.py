"""What lies ahead of a run, in words and as a JSON object."""

from typing import TYPE_CHECKING, Any

from cutline.core.cost import Prices

if TYPE_CHECKING:
    from cutline.core.outlook import Outlook

_PRIVACY = "Each picture goes there as a small copy without metadata."


def outlook_text(ahead: "Outlook", prices: Prices) -> str:
    """The outlook in one or two sentences."""
    parts = []
    if ahead.skipped:
        parts.append(f"{ahead.skipped:,} with nothing missing")
    if ahead.answered:
        parts.append(f"{ahead.answered:,} answered before")
    most = "" if ahead.exact else "up to "
    where = f"to ask at {ahead.host}" if ahead.host else "to look at on this machine"
    parts.append(f"{most}{ahead.asked:,} {where}{_at_what_cost(ahead, prices)}")
    text = f"{ahead.photos:,} photo{'' if ahead.photos == 1 else 's'}: {', '.join(parts)}."
    return f"{text} {_PRIVACY}" if ahead.host and ahead.asked else text


def _at_what_cost(ahead: "Outlook", prices: Prices) -> str:
    facts = [prices.words(ahead.cost)] if ahead.asked else []
    if ahead.asked and ahead.seconds is not None:
        facts.append(duration(ahead.seconds))
    told = ", ".join(fact for fact in facts if fact)
    return f" (about {told})" if told else ""


def outlook_record(ahead: "Outlook", prices: Prices) -> dict[str, Any]:
    """The JSON object."""
    return {
        "photos": ahead.photos,
        "skipped": ahead.skipped,
        "answered": ahead.answered,
        "asked": ahead.asked,
        "exact": ahead.exact,
        "credits": ahead.cost.credits,
        "tokens": ahead.cost.tokens,
        "money": prices.money(ahead.cost),
        "currency": prices.currency,
        "seconds": ahead.seconds,
        "host": ahead.host,
    }


def duration(seconds: float) -> str:
    """`seconds` in hours and minutes."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
