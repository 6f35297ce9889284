"""Where things stand in an XMP packet: its RDF, its descriptions and the properties asked for, as spans of bytes.

The packet is parsed once by expat, which says at which byte each tag begins. Only what may be edited is kept: the
rdf:RDF element, the rdf:Description elements in it, the properties named in `watched` and everything below those. Of
every other property only its end is noted, so that a hostile packet costs little memory. (XMP: ISO 16684-1, section 7.)
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from xml.parsers import expat

from cutline.core.errors import Malformed

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_ROOT, _DESCRIPTION = f"{RDF} RDF", f"{RDF} Description"
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
    start: int = 0
    inner: int = 0
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
    watched: frozenset[str]
    """Which of the properties asked for it holds."""


_Kept = TypeVar("_Kept", bound=Element)


def parse(packet: bytes, watched: Collection[str], namespaces: Mapping[str, str]) -> Tree:
    """The spans of `packet` (UTF-8, no byte-order mark). `namespaces`: namespace -> the prefix that is usual for it.

    Raises `Malformed`: no well-formed XML, a document type, deeper than anything meant well, no rdf:RDF.
    """
    return _Parser(packet, watched, namespaces).tree()


def glance(packet: bytes, watched: frozenset[str]) -> Tree:
    """What `packet` says, for who only reads: the same tree, all spans 0. Takes a third of the time.

    Raises `Malformed` as `parse` does, except for what only stands in the way of a change.
    """
    return _Reader(packet, watched).tree()


class _Reader:
    """Follows a packet tag by tag, and keeps the descriptions and the properties asked for."""

    def __init__(self, packet: bytes, watched: Collection[str]) -> None:
        self._packet, self._watched = packet, frozenset(watched)
        self._stack: list[Element | None] = []
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
        self._expat.StartDoctypeDeclHandler = self._doctype

    def tree(self) -> Tree:
        try:
            self._expat.Parse(self._packet, True)
        except expat.ExpatError as error:
            raise Malformed(
                f"The XMP packet is not well-formed XML ({expat.ErrorString(error.code)} in line {error.lineno})."
            ) from None
        finally:
            del self._expat  # it holds our methods: in a circle, all this would stay in memory until one is looked for
        if self._rdf is None:
            raise Malformed("The XMP packet holds no rdf:RDF element.")
        return Tree(self._rdf, self._rdf_prefix, self._descriptions, self._root_end, self._strangers, self._found())

    def _found(self) -> frozenset[str]:
        names = [child.name for description in self._descriptions for child in description.children]
        attributes = [self._watched.intersection(description.attributes) for description in self._descriptions]
        return frozenset(names).union(*attributes)

    def _doctype(self, *_: object) -> None:
        raise Malformed("The XMP packet declares a document type, which XMP does not allow.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        stack = self._stack
        parent = stack[-1] if stack else None
        if len(stack) >= _DEEPEST:
            raise Malformed(f"The XMP packet is nested deeper than {_DEEPEST} levels.")
        if parent is None:
            stack.append(self._root(name, attributes) if self._rdf is None else None)
            return
        if parent is self._rdf:
            stack.append(self._child_of_rdf(name, attributes))
            return
        if isinstance(parent, Description):
            if name not in self._watched:
                parent.strangers += 1
                stack.append(None)
                return
            self._expat.CharacterDataHandler = self._text
        self._kept_count += 1
        if self._kept_count > _MOST:
            raise Malformed(f"The XMP packet holds more than {_MOST:,} items.")
        element = self._element(name, attributes)
        parent.children.append(element)
        stack.append(element)

    def _root(self, name: str, attributes: dict[str, str]) -> Element | None:
        if name == _ROOT and len(self._stack) <= 2:
            self._rdf = self._element(name, attributes)
        return self._rdf

    def _child_of_rdf(self, name: str, attributes: dict[str, str]) -> Description | None:
        if name != _DESCRIPTION:
            self._strangers += 1
            return None
        if len(self._descriptions) >= _MOST:
            raise Malformed(f"The XMP packet holds more than {_MOST:,} descriptions.")
        description = self._description(name, attributes)
        self._descriptions.append(description)
        return description

    def _element(self, name: str, attributes: dict[str, str]) -> Element:
        return Element(name, attributes)

    def _description(self, name: str, attributes: dict[str, str]) -> Description:
        return Description(name, attributes)

    def _end(self, name: str) -> None:
        stack = self._stack
        if stack.pop() is not None and name in self._watched and isinstance(stack[-1], Description):
            self._expat.CharacterDataHandler = None

    def _text(self, text: str) -> None:
        element = self._stack[-1]
        if element is not None:
            element.pieces.append(text)


class _Parser(_Reader):
    """Notes in addition where everything stands, and which prefixes stand for what."""

    def __init__(self, packet: bytes, watched: Collection[str], namespaces: Mapping[str, str]) -> None:
        super().__init__(packet, watched)
        self._namespaces = namespaces
        self._starts: list[int] = []
        self._bound: defaultdict[str, list[str]] = defaultdict(list)
        self._prefixes: defaultdict[str, list[str]] = defaultdict(list)
        self._expat.StartNamespaceDeclHandler = self._bind
        self._expat.EndNamespaceDeclHandler = self._unbind

    def _bind(self, prefix: str | None, uri: str | None) -> None:
        self._bound[prefix or ""].append(uri or "")
        if uri is not None and uri in self._namespaces:
            self._prefixes[uri].append(prefix or "")

    def _unbind(self, prefix: str | None) -> None:
        uri = self._bound[prefix or ""].pop()
        if uri in self._namespaces:
            self._prefixes[uri].pop()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        start = self._expat.CurrentByteIndex
        self._starts.append(start)
        parent = self._stack[-1] if self._stack else None
        if isinstance(parent, Description) and parent.first is None:
            parent.first = start
        super()._start(name, attributes)

    def _root(self, name: str, attributes: dict[str, str]) -> Element | None:
        self._rdf_prefix = self._prefix(RDF) or ""
        return super()._root(name, attributes)

    def _element(self, name: str, attributes: dict[str, str]) -> Element:
        return self._placed(super()._element(name, attributes))

    def _description(self, name: str, attributes: dict[str, str]) -> Description:
        description = self._placed(super()._description(name, attributes))
        for uri, usual in self._namespaces.items():
            prefix = self._prefix(uri)
            if prefix is None:
                description.undeclared[uri] = self._free(usual)
            else:
                description.prefixes[uri] = prefix
        if not self._watched.isdisjoint(attributes):
            description.attribute_spans = self._attribute_spans(description.start, description.inner)
        about = f"{RDF} about"
        description.strangers = sum(1 for a in attributes if a not in self._watched and a not in (about, "about", LANG))
        return description

    def _placed(self, element: _Kept) -> _Kept:
        element.start = self._expat.CurrentByteIndex
        element.inner = self._tag_end(element.start)
        return element

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
        element, start = self._stack[-1], self._starts.pop()
        super()._end(name)
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

    def _tag_end(self, start: int) -> int:
        match = _START_TAG.match(self._packet, start)
        if match is None:
            raise Malformed(f"The XMP packet holds a tag that cannot be understood, at byte {start}.")
        return match.end()
