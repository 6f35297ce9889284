"""What the properties of an XMP packet say, and the XML that says it.

A property of ours is an array (ISO 16684-1, section 7.7; Adobe XMP specification part 1, section 8.2): rdf:Alt of
texts in languages for title, description and alt text, rdf:Bag for tags. Other writers also leave plain text, an
attribute of the description, an rdf:Seq, or items with qualifiers (rdf:value); all are read.
"""

import re
from collections.abc import Callable, Collection, Iterator

from cutline.core.errors import Malformed
from cutline.core.keywords import leaf, levels
from cutline.core.metadata.blocks.xmp_tree import LANG, RDF, Element, Tree

DC = "http://purl.org/dc/elements/1.1/"
IPTC_CORE = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
LIGHTROOM = "http://ns.adobe.com/lightroom/1.0/"
DIGIKAM = "http://www.digikam.org/ns/1.0/"
MICROSOFT = ("http://ns.microsoft.com/photo/1.0/", "http://ns.microsoft.com/photo/1.0")  # exiv2's, and Windows' own
MEDIAPRO = "http://ns.iview-multimedia.com/mediapro/1.0/"

TITLE = f"{DC} title"
DESCRIPTION = f"{DC} description"
SUBJECT = f"{DC} subject"
ALT_TEXT = f"{IPTC_CORE} AltTextAccessibility"
HIERARCHIES = {
    f"{LIGHTROOM} hierarchicalSubject": "|",
    f"{LIGHTROOM} weightedFlatSubject": "|",
    f"{DIGIKAM} TagsList": "/",
    f"{MICROSOFT[0]} LastKeywordXMP": "/",
    f"{MICROSOFT[1]} LastKeywordXMP": "/",
    f"{MEDIAPRO} CatalogSets": "|",
}
"""Other homes of tags -> what parts the levels. Programs bring a tag back from there (digiKam reads them all)."""

CATEGORIES = "http://ns.acdsee.com/iptc/1.0/ categories"
"""A tree of tags as XML within text: ACDSee's, which digiKam writes and reads too."""
_CATEGORY = re.compile(r'<Category Assigned="[01]">([^<>]*)</Category>')

LR_PATHS = f"{LIGHTROOM} hierarchicalSubject"
PATHS = frozenset((LR_PATHS, f"{DIGIKAM} TagsList"))
"""The lists that are made for tags with a hierarchy, and in which a tag counts that stands nowhere else."""
IN_STEP = {
    LR_PATHS: ("|", "Bag"),
    f"{DIGIKAM} TagsList": ("/", "Seq"),
    f"{MICROSOFT[0]} LastKeywordXMP": ("/", "Bag"),
    f"{MICROSOFT[1]} LastKeywordXMP": ("/", "Bag"),
    f"{MEDIAPRO} CatalogSets": ("|", "Bag"),
}
"""Lists in which new tags are put, where they are there: what parts the levels, and the kind of array. In the order in
which they are believed."""
_INTERNAL = "_Digikam_"
"""What digiKam keeps for itself begins so."""

WATCHED = frozenset((TITLE, DESCRIPTION, SUBJECT, ALT_TEXT, CATEGORIES, *HIERARCHIES))
_READ = (SUBJECT, DESCRIPTION, TITLE, ALT_TEXT, *IN_STEP)
NAMED = tuple(dict.fromkeys(name.rpartition(" ")[2].encode() for name in _READ))
"""What a packet must contain to say anything of what is read."""
NAMESPACES = {
    RDF: "rdf", DC: "dc", IPTC_CORE: "Iptc4xmpCore", LIGHTROOM: "lr", DIGIKAM: "digiKam",
    MICROSOFT[0]: "MicrosoftPhoto", MICROSOFT[1]: "MicrosoftPhoto_1_", MEDIAPRO: "mediapro",
}  # fmt: skip
DEFAULT_LANGUAGE = "x-default"
_ARRAYS = frozenset(f"{RDF} {kind}" for kind in ("Alt", "Bag", "Seq"))


def properties(tree: Tree, name: str) -> list[Element]:
    """Every element of the property `name`, in any description."""
    return [child for description in tree.descriptions for child in description.children if child.name == name]


def attributes(tree: Tree, name: str) -> Iterator[str]:
    """Every value of the property `name` written as an attribute."""
    for description in tree.descriptions:
        if name in description.attributes:
            yield description.attributes[name]


def array(element: Element) -> Element | None:
    """The rdf:Alt, rdf:Bag or rdf:Seq in a property; None where it is plain text. Raises `Malformed`."""
    arrays = [child for child in element.children if child.name in _ARRAYS]
    if not arrays:
        return None
    if len(element.children) > 1:
        raise Malformed(f"The XMP property “{local(element)}” holds more than one value.")
    return arrays[0]


def items(container: Element) -> list[Element]:
    """The items of an array. Raises `Malformed` where something else stands in it."""
    for child in container.children:
        if child.name != f"{RDF} li" and not child.name.startswith(f"{RDF} _"):
            raise Malformed(f"The XMP array “{local(container)}” holds “{local(child)}”, which is no item.")
    return container.children


def local(element: Element) -> str:
    """The name of `element` without its namespace."""
    return element.name.rpartition(" ")[2]


def holder(element: Element) -> Element:
    """The element whose text is the value of `element`: itself, or its rdf:value. Raises `Malformed`."""
    if not element.children:
        return element
    only = element.children[0] if len(element.children) == 1 else element
    parent = only if only.name == f"{RDF} Description" else element
    values = [child for child in parent.children if child.name == f"{RDF} value"]
    if len(values) != 1 or values[0].children:
        raise Malformed(f"The XMP element “{local(element)}” holds elements where text is expected.")
    return values[0]


def value(element: Element) -> str:
    """The text of an item or a plain property."""
    return holder(element).text


def language(item: Element) -> str:
    """The language of an item of a lang-alt, in lower case."""
    return item.attributes.get(LANG, "").lower()


def default_item(container: Element) -> Element | None:
    """The item that is shown where no language is asked for: x-default, else the first."""
    found = items(container)
    return next((item for item in found if language(item) == DEFAULT_LANGUAGE), found[0] if found else None)


def read_text(tree: Tree, name: str) -> str | None:
    """The default text of a lang-alt property; None where there is none. The first that says anything counts."""
    if name not in tree.watched:
        return None
    texts = list(attributes(tree, name))
    for element in properties(tree, name):
        container = array(element)
        item = element if container is None else default_item(container)
        texts.append(value(item) if item is not None else "")
    return next((text for text in texts if text.strip()), "")


def read_tags(tree: Tree, name: str) -> tuple[str, ...] | None:
    """The items of an array property in order, without repetitions; None where there is none."""
    if name not in tree.watched:
        return None
    found = list(attributes(tree, name))
    for element in properties(tree, name):
        container = array(element)
        found += [value(item) for item in (items(container) if container is not None else [element])]
    return tuple(dict.fromkeys(tag for tag in found if tag.strip()))


def read_paths(tree: Tree, names: Collection[str]) -> tuple[str, ...]:
    """The tags with their hierarchies, levels parted by ``|``: each as the first list says that has it.

    Lists in neither of `PATHS` only tell the places of `names`, the flat tags: the programs that know them keep them in
    step with those, but others that take a tag away leave it there. Raises `Malformed`.
    """
    homes: dict[str, list[str]] = {}
    if tree.watched.isdisjoint(IN_STEP):
        return ()
    for name, (separator, _) in IN_STEP.items():
        found = [path for path in read_tags(tree, name) or () if not path.startswith(_INTERNAL)]
        paths = [told for path in found if (told := "|".join(levels(path.replace(separator, "|"))))]
        told_before = set(homes)
        for path in paths:
            home = leaf(path)
            if home not in told_before and (name in PATHS or home in names):
                homes.setdefault(home, []).append(path)
    return tuple(dict.fromkeys(path for paths in homes.values() for path in paths))


def qualified(prefix: str, name: str) -> str:
    """The element name for the local part of `name`."""
    part = name.rpartition(" ")[2]
    return f"{prefix}:{part}" if prefix else part


def xml_text(text: str) -> str:
    """`text` as character data."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def xml_attribute(text: str) -> str:
    """`text` as a quoted attribute value."""
    return '"' + xml_text(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;") + '"'


def without_categories(tree: str, is_gone: Callable[[str], bool]) -> str:
    """The text of `CATEGORIES` without the last levels whose name `is_gone`."""

    def kept(match: re.Match[str]) -> str:
        name = match[1].replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
        return "" if is_gone(name) else match[0]

    return _CATEGORY.sub(kept, tree)


def text_item(rdf: str, text: str) -> str:
    """The x-default item of a lang-alt."""
    li = qualified(rdf, "li")
    return f'<{li} xml:lang="{DEFAULT_LANGUAGE}">{xml_text(text)}</{li}>'


def tag_item(rdf: str, tag: str) -> str:
    """An item of an array of tags."""
    li = qualified(rdf, "li")
    return f"<{li}>{xml_text(tag)}</{li}>"


def property_xml(name: str, kind: str, lines: list[str], indent: str | None) -> str:
    """A property as an array of `lines`; `indent` None: all on one line."""
    one, two, three = ("", "", "") if indent is None else (f"\n{indent}", f"\n{indent} ", f"\n{indent}  ")
    return f"<{name}>{two}<{kind}>{three}{three.join(lines)}{two}</{kind}>{one}</{name}>"
