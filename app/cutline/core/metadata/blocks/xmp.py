"""XMP packets: read, and edited so that every byte that is not ours stays.

    packet ─> opened (frame, encoding) ─> parsed to spans ─> our properties read, or changed by splices ─> padding

Used for packets embedded in pictures and for whole sidecar files. A title is set for x-default and for the languages
that said the same; other languages stay. A tag that is removed also leaves the hierarchies that other programs keep,
from which they would bring it back.
"""

from collections.abc import Callable, Collection

from cutline.core.keywords import flat, identity, leaf, levels, pathed
from cutline.core.metadata.blocks.text import storable, storable_tags
from cutline.core.metadata.blocks.xmp_edit import Editor
from cutline.core.metadata.blocks.xmp_packet import blank, opened, padding, repadded, wrapped
from cutline.core.metadata.blocks.xmp_tree import Tree, glance, parse
from cutline.core.metadata.blocks.xmp_values import (
    ALT_TEXT,
    CATEGORIES,
    DESCRIPTION,
    HIERARCHIES,
    IN_STEP,
    LR_PATHS,
    NAMED,
    NAMESPACES,
    PATHS,
    SUBJECT,
    TITLE,
    WATCHED,
    array,
    attributes,
    items,
    properties,
    read_paths,
    read_tags,
    read_text,
    value,
    without_categories,
)
from cutline.core.metadata.model import CarrierText
from cutline.core.photo import Caption, FieldName

_TEXTS: dict[FieldName, str] = {"title": TITLE, "description": DESCRIPTION, "alt_text": ALT_TEXT}
_SHELL = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Cutline">\n'
    ' <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
    '  <rdf:Description rdf:about=""/>\n'
    " </rdf:RDF>\n"
    "</x:xmpmeta>"
)


def read(packet: bytes) -> CarrierText:
    """What the packet (or sidecar file) says. Raises `Malformed`.

    A packet that is whole and in which no property of ours is even named is not parsed: it says nothing, sound or not.
    """
    if blank(packet) or _silent(packet):
        return CarrierText()
    tree = looked_into(packet, WATCHED)
    tags = read_tags(tree, SUBJECT)
    return CarrierText(
        title=read_text(tree, TITLE),
        description=read_text(tree, DESCRIPTION),
        tags=tags,
        paths=read_paths(tree, tags or ()),
        alt_text=read_text(tree, ALT_TEXT),
    )


def looked_into(packet: bytes, names: frozenset[str]) -> Tree:
    """The properties `names` (``namespace local``) of a packet, for who only reads. Raises `Malformed`."""
    _, xml, _ = opened(packet)
    return glance(xml, names)


def _silent(packet: bytes) -> bool:
    end = packet.rfind(b":RDF>")
    return end >= 0 and all(packet.find(name, 0, end) < 0 for name in NAMED)


def edit(packet: bytes | None, caption: Caption, fields: Collection[FieldName]) -> bytes:
    """The packet with `fields` as in `caption`; the same bytes where they are so already.

    None or an empty packet: a new one, UTF-8 with 2 KB of padding. b"": nothing is left in it to say.
    Raises `Malformed`.
    """
    if packet is None or blank(packet):
        document = _edited(_SHELL.encode(), caption, fields)
        return (packet or b"") if document is None else wrapped(document.decode())
    before, xml, behind = opened(packet)
    new = _edited(xml, caption, fields)
    if new is None:
        return packet
    tree = _parsed(new)
    if not _says_anything(tree):
        return b""
    return before + _repadded(xml, new, tree.root_end) + behind


def document(caption: Caption, fields: Collection[FieldName]) -> bytes:
    """A complete new XML document, as a sidecar is: UTF-8, no packet frame. Also for an empty caption."""
    body = _edited(_SHELL.encode(), caption, fields) or _SHELL.encode()
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n"


def trimmed(packet: bytes) -> bytes:
    """The packet without its padding, for where room is short. Raises `Malformed`."""
    before, xml, behind = opened(packet)
    span = padding(xml, _parsed(xml).root_end)
    if span is None or span[1] - span[0] < 2:
        return packet
    return before + xml[: span[0]] + b"\n" + xml[span[1] :] + behind


def _parsed(xml: bytes) -> Tree:
    return parse(xml, WATCHED, NAMESPACES)


def _edited(xml: bytes, caption: Caption, fields: Collection[FieldName]) -> bytes | None:
    """The XML with the fields set; None where nothing is to change."""
    tree = _parsed(xml)
    editor = Editor(xml, tree)
    changed = False
    for field, name in _TEXTS.items():
        wanted = storable(str(getattr(caption, field)))
        wanted = wanted if wanted.strip() else ""
        if field in fields and wanted != (read_text(tree, name) or ""):
            editor.set_text(name, wanted)
            changed = True
    if "tags" in fields:
        changed |= _edit_tags(editor, tree, storable_tags(caption.tags))
    return editor.result() if changed else None


def _edit_tags(editor: Editor, tree: Tree, wanted: tuple[str, ...]) -> bool:
    wanted = tuple(dict.fromkeys("|".join(levels(tag)) for tag in wanted if levels(tag)))
    names = read_tags(tree, SUBJECT) or ()
    present = pathed(names, read_paths(tree, names), more=True)
    if wanted == present and flat(wanted) == flat(names):
        return False
    flattened = flat(wanted)
    if flattened != names:
        editor.set_tags(SUBJECT, flattened)
    removed = {identity(name) for name in flat(present)} - {identity(name) for name in flattened}
    left, stay, used = set(present) - set(wanted), set(wanted), set(flattened)

    def is_gone(path: str) -> bool:
        misplaced = "|" in path and leaf(path) in used and path not in stay
        return misplaced or path in left or identity(leaf(path)) in removed

    for name, separator in HIERARCHIES.items():
        if name in IN_STEP:
            _bring_in_step(editor, tree, name, wanted, is_gone)
        else:
            _drop_leaves(editor, tree, name, separator, removed)
    editor.rewrite(CATEGORIES, lambda text: without_categories(text, lambda tag: identity(tag) in removed))
    return True


def _bring_in_step(
    editor: Editor, tree: Tree, name: str, wanted: tuple[str, ...], is_gone: Callable[[str], bool]
) -> None:
    """Take out of a list of hierarchies what `is_gone`, and put in what is missing there.

    A list that is missing is made where a tag has a hierarchy: Lightroom's for these tags, digiKam's, which it reads
    before all others, for all of them.
    """
    separator, kind = IN_STEP[name]
    there = read_tags(tree, name)
    if there is None and not (name in PATHS and any("|" in tag for tag in wanted)):
        return
    there = there or ()
    told = {entry: "|".join(levels(entry.replace(separator, "|"))) for entry in there}  # or the name of a flat tag
    kept = [entry for entry in there if not is_gone(told[entry]) and not is_gone(entry)]
    known, held = ({identity(told[entry]) for entry in entries} for entries in (kept, there))
    new = [
        tag.replace("|", separator)
        for tag in wanted
        if identity(tag) not in known
        and ("|" in tag or name != LR_PATHS or identity(tag) in held)
        and (separator == "|" or "/" not in tag)
    ]
    if [*kept, *new] != list(there):
        editor.set_tags(name, tuple(dict.fromkeys([*kept, *new])), kind)


def _drop_leaves(editor: Editor, tree: Tree, name: str, separator: str, removed: Collection[str]) -> None:
    """Take the tags `removed` out of a hierarchy where they are the last level of an item."""

    def is_gone(path: str) -> bool:
        return identity(path.rpartition(separator)[2].strip()) in removed

    if any(is_gone(path) for path in attributes(tree, name)):
        editor.remove(name)
        return
    for element in properties(tree, name):
        container = array(element)
        found = [element] if container is None else items(container)
        gone = [item for item in found if is_gone(value(item))]
        if gone:
            editor.drop_items(element, gone)


def _says_anything(tree: Tree) -> bool:
    return tree.strangers > 0 or any(d.strangers or d.children or d.attribute_spans for d in tree.descriptions)


def _repadded(old: bytes, new: bytes, root_end: int) -> bytes:
    """`new` with its padding grown or shrunk so that it is as long as `old`, where it can be."""
    span = padding(new, root_end)
    if span is None:
        return new
    return new[: span[0]] + repadded(new[span[0] : span[1]], len(new) - len(old)) + new[span[1] :]
