"""Where things stand in an XMP packet: its RDF, its descriptions and the properties asked for, as spans of bytes.

The packet is parsed once by expat, which says at which byte each tag begins. Only what may be edited is kept: the
rdf:RDF element, the rdf:Description elements in it, the properties named in `watched` and everything below those. Of
every other property only its end is noted, so that a hostile packet costs little memory. (XMP: ISO 16684-1, section 7.)
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from cutline.core.errors import Malformed

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
LANG = "http://www.w3.org/XML/1998/namespace lang"
_DEEPEST = 100  # levels of elements; packets in the field have fewer than 20
_MOST = 100_000  # elements kept; a packet with a thousand tags in five hierarchies has 6,000
_START_TAG = re.compile(rb"""<[^\s/>]+(?:\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>""")
_ATTRIBUTE = re.compile(rb"""\s+([^\s=]+)\s*=\s*("[^"]*"|'[^']*')""")


@dataclass(slots=True)
class Element:
    """One element; offsets are bytes of the packet. `name` is ``namespace local``, as are the keys of `attributes`."""

    name: str
    attributes: Mapping[str, str]
    start: int
    inner: int
    """Behind the start tag."""
    close: int = 0
    """Of the end tag; behind the start tag where there is none."""
    end: int = 0
    children: list["Element"] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether it is written as one empty-element tag."""
        return self.end == self.inner

    @property
    def text(self) -> str:
        """The characters directly in it."""
        return "".join(self.pieces)


@dataclass(slots=True)
class Description(Element):
    """An rdf:Description directly in rdf:RDF."""

    prefixes: dict[str, str] = field(default_factory=dict)
    """Namespace -> prefix that stands for it here; "" is the default namespace."""
    undeclared: dict[str, str] = field(default_factory=dict)
    """Namespace without a prefix here -> a prefix that is free."""
    attribute_spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Watched property written as an attribute -> its span, with the white space before it."""
    strangers: int = 0
    """How many other properties it holds."""
    first: int | None = None
    """Where its first property element starts."""
    last: int | None = None
    """Where its last property element ends."""


@dataclass(slots=True)
class Tree:
    """What `parse` found."""

    rdf: Element
    rdf_prefix: str
    """The prefix of rdf:RDF itself."""
    descriptions: list[Description]
    root_end: int
    """Behind the document element."""
    strangers: int
    """How many nodes that are no rdf:Description rdf:RDF holds."""


def parse(packet: bytes, watched: Collection[str], namespaces: Mapping[str, str]) -> Tree:
    """The spans of `packet` (UTF-8, no byte-order mark). `namespaces`: namespace -> the prefix that is usual for it.

    Raises `Malformed`: no well-formed XML, a document type, deeper than anything meant well, no rdf:RDF.
    """
    return _Parser(packet, watched, namespaces).tree()


class _Parser:
    def __init__(self, packet: bytes, watched: Collection[str], namespaces: Mapping[str, str]) -> None:
        self._packet, self._watched, self._namespaces = packet, watched, namespaces
        self._stack: list[Element | None] = []
        self._starts: list[int] = []
        self._bound: defaultdict[str, list[str]] = defaultdict(list)
        self._prefixes: defaultdict[str, list[str]] = defaultdict(list)
        self._rdf: Element | None = None
        self._rdf_prefix = "rdf"
        self._descriptions: list[Description] = []
        self._root_end = 0
        self._strangers = 0
        self._kept_count = 0
        self._expat = expat.ParserCreate("utf-8", " ")
        self._expat.buffer_text = True
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._text
        self._expat.StartNamespaceDeclHandler = self._bind
        self._expat.EndNamespaceDeclHandler = self._unbind
        self._expat.StartDoctypeDeclHandler = self._doctype

    def tree(self) -> Tree:
        try:
            self._expat.Parse(self._packet, True)
        except expat.ExpatError as error:
            raise Malformed(
                f"The XMP packet is not well-formed XML ({expat.ErrorString(error.code)} in line {error.lineno})."
            ) from None
        if self._rdf is None:
            raise Malformed("The XMP packet holds no rdf:RDF element.")
        return Tree(self._rdf, self._rdf_prefix, self._descriptions, self._root_end, self._strangers)

    def _doctype(self, *_: object) -> None:
        raise Malformed("The XMP packet declares a document type, which XMP does not allow.")

    def _bind(self, prefix: str | None, uri: str | None) -> None:
        self._bound[prefix or ""].append(uri or "")
        if uri is not None and uri in self._namespaces:
            self._prefixes[uri].append(prefix or "")

    def _unbind(self, prefix: str | None) -> None:
        uri = self._bound[prefix or ""].pop()
        if uri in self._namespaces:
            self._prefixes[uri].pop()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._stack) >= _DEEPEST:
            raise Malformed(f"The XMP packet is nested deeper than {_DEEPEST} levels.")
        self._starts.append(self._expat.CurrentByteIndex)
        self._stack.append(self._kept(name, attributes))

    def _kept(self, name: str, attributes: dict[str, str]) -> Element | None:
        """The element that starts here, if it is one to keep."""
        parent = self._stack[-1] if self._stack else None
        start = self._expat.CurrentByteIndex
        if self._rdf is None:
            if name != f"{RDF} RDF" or len(self._stack) > 2:
                return None
            self._rdf = Element(name, attributes, start, self._tag_end(start))
            self._rdf_prefix = self._prefix(RDF) or ""
            return self._rdf
        if parent is None:
            return None
        if parent is self._rdf:
            if name != f"{RDF} Description":
                self._strangers += 1
                return None
            self._count()
            return self._description(name, attributes, start)
        if isinstance(parent, Description):
            parent.first = start if parent.first is None else parent.first
            if name not in self._watched:
                parent.strangers += 1
                return None
        self._count()
        element = Element(name, attributes, start, self._tag_end(start))
        parent.children.append(element)
        return element

    def _count(self) -> None:
        self._kept_count += 1
        if self._kept_count > _MOST:
            raise Malformed(f"The XMP packet holds more than {_MOST:,} items.")

    def _description(self, name: str, attributes: dict[str, str], start: int) -> Description:
        description = Description(name, attributes, start, self._tag_end(start))
        for uri, usual in self._namespaces.items():
            prefix = self._prefix(uri)
            if prefix is None:
                description.undeclared[uri] = self._free(usual)
            else:
                description.prefixes[uri] = prefix
        if any(attribute in self._watched for attribute in attributes):
            description.attribute_spans = self._attribute_spans(start, description.inner)
        about = f"{RDF} about"
        description.strangers = sum(1 for a in attributes if a not in self._watched and a not in (about, "about", LANG))
        self._descriptions.append(description)
        return description

    def _attribute_spans(self, start: int, end: int) -> dict[str, tuple[int, int]]:
        spans = {}
        for match in _ATTRIBUTE.finditer(self._packet, start, end):
            prefix, _, local = match[1].decode().rpartition(":")
            if prefix and self._bound[prefix] and f"{self._bound[prefix][-1]} {local}" in self._watched:
                spans[f"{self._bound[prefix][-1]} {local}"] = match.span()
        return spans

    def _prefix(self, uri: str) -> str | None:
        """A prefix that stands for `uri` here. Looks at the latest few only, whatever a hostile packet declares."""
        for prefix in reversed(self._prefixes[uri][-8:]):
            if self._bound[prefix][-1] == uri:
                return prefix
        return None

    def _free(self, usual: str) -> str:
        for number in range(9):
            prefix = f"{usual}{number or ''}"
            if not self._bound[prefix]:
                return prefix
        raise Malformed(f"The XMP packet uses the prefix “{usual}” and its like for other namespaces.")

    def _end(self, name: str) -> None:
        index = self._expat.CurrentByteIndex  # of the end tag, or behind an empty-element tag
        element, start = self._stack.pop(), self._starts.pop()
        parent = self._stack[-1] if self._stack else None
        if element is None and not isinstance(parent, Description) and self._stack:
            return
        tag_end = self._tag_end(start)
        end = tag_end if self._packet[tag_end - 2] == ord("/") else self._packet.index(b">", index) + 1
        if element is not None:
            element.close, element.end = index, end
        if isinstance(parent, Description):
            parent.last = end
        if not self._stack:
            self._root_end = end

    def _text(self, text: str) -> None:
        element = self._stack[-1] if self._stack else None
        if element is not None and element is not self._rdf and not isinstance(element, Description):
            element.pieces.append(text)

    def _tag_end(self, start: int) -> int:
        match = _START_TAG.match(self._packet, start)
        if match is None:
            raise Malformed(f"The XMP packet holds a tag that cannot be understood, at byte {start}.")
        return match.end()
