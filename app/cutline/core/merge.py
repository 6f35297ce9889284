"""How a suggestion meets what is in the file: the three policies.

merge    tags are added to those in the file; title, description and alt text only where empty
fill     only what is empty
replace  what the backend gives; what it does not give stays, and a tag keeps the hierarchy it has
"""

from collections.abc import Collection
from dataclasses import replace

from cutline.core.keywords import merge as merge_tags
from cutline.core.keywords import pathed
from cutline.core.photo import Caption, FieldName, Policy


def merged(
    existing: Caption, suggested: Caption, policy: Policy, fields: Collection[FieldName], max_tags: int
) -> Caption:
    """The caption that is to stand in the file afterwards. Words of the file are only ever lost to `replace`."""
    result = existing
    for name in fields:
        if name != "tags":
            old, new = getattr(existing, name), getattr(suggested, name)
            if new and (policy == "replace" or not old):
                result = replace(result, **{name: new})
        elif suggested.tags:
            result = replace(result, tags=_tags(existing.tags, suggested.tags, policy, max_tags))
    return result


def wanted(existing: Caption, policy: Policy, fields: Collection[FieldName]) -> tuple[FieldName, ...]:
    """The fields an answer could still change: with none left, there is nothing to ask for."""
    return tuple(
        name
        for name in fields
        if policy == "replace" or not getattr(existing, name) or (policy, name) == ("merge", "tags")
    )


def _tags(existing: tuple[str, ...], new: tuple[str, ...], policy: Policy, limit: int) -> tuple[str, ...]:
    if policy == "merge":
        return merge_tags(existing, new, limit)
    if policy == "fill" and existing:
        return existing
    return merge_tags((), pathed(new, (tag for tag in existing if "|" in tag), more=False), limit)
