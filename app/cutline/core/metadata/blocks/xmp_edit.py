"""Changes to an XMP packet, gathered as splices of its bytes.

A text is replaced inside its item; an array keeps the items that stay, as they are; what is written in another form
(an attribute, plain text) is replaced by the proper one; what is missing is added to one description, with the
declarations it needs. Every byte outside stays.
"""

from collections.abc import Callable

from cutline.core.metadata.blocks.xmp_tree import RDF, Description, Element, Tree
from cutline.core.metadata.blocks.xmp_values import (
    DC,
    DEFAULT_LANGUAGE,
    NAMESPACES,
    array,
    default_item,
    holder,
    items,
    language,
    properties,
    property_xml,
    qualified,
    tag_item,
    text_item,
    value,
    xml_attribute,
    xml_text,
)


class Editor:
    """Gathers changes to `xml`, whose spans are in `tree`; `result()` applies them all."""

    def __init__(self, xml: bytes, tree: Tree) -> None:
        self._xml, self._tree = xml, tree
        self._splices: list[tuple[int, int, bytes]] = []
        self._added: list[str] = []
        self._declared: dict[str, str] = {}
        self._home = self._choose_home()

    def set_text(self, name: str, text: str) -> None:
        """Make `text` the default text of the lang-alt `name`; "" removes the property with all its languages."""
        container = self._container(name) if text else None
        default = default_item(container) if container is not None else None
        if container is not None and default is not None:
            self._set_languages(container, default, text)
            return
        self.remove(name)
        if text:
            self._add(name, "Alt", [text_item(self._prefix(RDF), text)])

    def set_tags(self, name: str, tags: tuple[str, ...], kind: str = "Bag") -> None:
        """Make `tags` the items of the rdf:Bag (or another `kind`) `name`, in this order; none removes the property."""
        container = self._container(name) if tags else None
        if container is None or not container.children:
            self.remove(name)
            if tags:
                self._add(name, kind, [tag_item(self._prefix(RDF), tag) for tag in tags])
            return
        kept = {value(item): self._xml[item.start : item.end] for item in reversed(items(container))}
        prefix = self._tag_prefix(container)
        lines = [kept[tag] if tag in kept else tag_item(prefix, tag).encode() for tag in tags]
        first, last = container.children[0], container.children[-1]
        self._splices.append((first.start, last.end, self._separator(container).join(lines)))
        if container.name != f"{RDF} {kind}":
            self._rename(container, kind.encode())

    def drop_items(self, element: Element, gone: list[Element]) -> None:
        """Remove the items `gone` from the array property `element`; left without any, it goes too."""
        container = array(element)
        if container is None or len(gone) == len(container.children):
            self._remove(element)
            return
        for item in gone:
            self._remove(item)

    def rewrite(self, name: str, change: Callable[[str], str]) -> None:
        """Put every plain value of the property `name` through `change`."""
        for element in properties(self._tree, name):
            if not element.children and change(element.text) != element.text:
                self._replace_text(element, change(element.text))
        for description in self._tree.descriptions:
            old = description.attributes.get(name)
            if old is not None and change(old) != old:
                start, end = description.attribute_spans[name]
                head = self._xml[start:end].partition(b"=")[0]
                self._splices.append((start, end, head + b"=" + xml_attribute(change(old)).encode()))

    def remove(self, name: str) -> None:
        """Remove every occurrence of the property `name`."""
        for element in properties(self._tree, name):
            self._remove(element)
        self._remove_attributes(name)

    def result(self) -> bytes:
        """The bytes with every change applied."""
        self._place_added()
        pieces, position = [], 0
        for start, end, new in sorted(self._splices, key=lambda splice: splice[:2]):
            pieces += [self._xml[position:start], new]
            position = end
        return b"".join([*pieces, self._xml[position:]])

    def _choose_home(self) -> Description | None:
        """The description that new properties go into: the first that knows Dublin Core, else the first."""
        known = [d for d in self._tree.descriptions if DC in d.prefixes]
        return next(iter(known or self._tree.descriptions), None)

    def _container(self, name: str) -> Element | None:
        """The array of the property `name`, its other occurrences removed; None where its value is no array."""
        found = properties(self._tree, name)
        container = array(found[0]) if found else None
        if container is None:
            return None
        if not container.children:
            return None
        for element in found[1:]:
            self._remove(element)
        self._remove_attributes(name)
        return container

    def _remove_attributes(self, name: str) -> None:
        for description in self._tree.descriptions:
            if name in description.attributes:
                start, end = description.attribute_spans[name]
                self._splices.append((start, end, b""))

    def _set_languages(self, container: Element, default: Element, text: str) -> None:
        """Replace the default text, and with it every language that said the same (as Adobe's XMP toolkit does).

        Where no item is the default, one is put in front; what was read in its stead stays, as it is in a language.
        """
        twin = value(default) if language(default) in (DEFAULT_LANGUAGE, "") else None
        for item in items(container):
            if language(item) == DEFAULT_LANGUAGE or value(item) == twin:
                self._replace_text(holder(item), text)
        if language(default) != DEFAULT_LANGUAGE:
            new = text_item(self._tag_prefix(container), text).encode() + self._separator(container)
            first = container.children[0].start
            self._splices.append((first, first, new))

    def _replace_text(self, element: Element, text: str) -> None:
        new = xml_text(text).encode()
        if element.empty:
            name = self._tag_name(element)
            opening = self._xml[element.start : element.inner].rstrip(b"/>").rstrip()
            self._splices.append((element.start, element.end, opening + b">" + new + b"</" + name + b">"))
        else:
            self._splices.append((element.inner, element.close, new))

    def _add(self, name: str, kind: str, lines: list[str]) -> None:
        """Write the property `name` anew, as an array, into the home description."""
        full = qualified(self._prefix(name.rpartition(" ")[0]), name)
        self._added.append(property_xml(full, qualified(self._prefix(RDF), kind), lines, self._child_indent()))

    def _prefix(self, namespace: str) -> str:
        """The prefix for `namespace` in the home description; declared there if it is not yet."""
        if self._home is None:
            if namespace == RDF and self._tree.rdf_prefix:
                return self._tree.rdf_prefix
            return self._declared.setdefault(namespace, NAMESPACES[namespace])
        if namespace in self._home.prefixes:
            return self._home.prefixes[namespace]
        return self._declared.setdefault(namespace, self._home.undeclared[namespace])

    def _place_added(self) -> None:
        if not self._added:
            return
        indent = self._child_indent()
        gap, closing = ("", "") if indent is None else (f"\n{indent}", f"\n{indent[:-1]}")
        body = "".join(gap + xml for xml in self._added)
        if self._home is not None:
            self._declare(self._home)
            self._place(self._home, self._home.last, body, closing)
            return
        rdf = self._prefix(RDF)
        name = qualified(rdf, "Description")
        new = f'{closing}<{name} {rdf}:about=""{self._declarations()}>{body}{closing}</{name}>'
        self._place(self._tree.rdf, None, new, closing[:-1])

    def _place(self, parent: Element, behind: int | None, body: str, closing: str) -> None:
        """Insert `body` into `parent`: at `behind`, else as its first child."""
        if parent.empty:
            slash = self._xml.rindex(b"/", parent.start, parent.inner)
            end_tag = self._tag_name(parent).decode()
            self._splices.append((slash, parent.end, f">{body}{closing}</{end_tag}>".encode()))
        else:
            at = parent.inner if behind is None else behind
            self._splices.append((at, at, body.encode()))

    def _declare(self, home: Description) -> None:
        if self._declared:
            at = home.start + 1 + len(self._tag_name(home))
            self._splices.append((at, at, self._declarations().encode()))

    def _declarations(self) -> str:
        return "".join(f' xmlns:{prefix}="{uri}"' for uri, prefix in self._declared.items())

    def _remove(self, element: Element) -> None:
        """Remove `element` with the white space before it."""
        start = element.start
        while start > 0 and self._xml[start - 1] in b" \t\r\n":
            start -= 1
        self._splices.append((start, element.end, b""))

    def _rename(self, container: Element, kind: bytes) -> None:
        name = self._tag_name(container)
        at = len(name) - len(name.rpartition(b":")[2])
        for start in (container.start + 1 + at, container.close + 2 + at):
            self._splices.append((start, start + len(name) - at, kind))

    def _separator(self, container: Element) -> bytes:
        """The white space between the items of an array."""
        start = container.children[0].start
        gap = self._xml[container.inner : start]
        return gap if not gap.strip() else b""

    def _tag_name(self, element: Element) -> bytes:
        head = self._xml[element.start + 1 : element.inner].rstrip(b"/>")
        return head.split(None, 1)[0]

    def _tag_prefix(self, element: Element) -> str:
        return self._tag_name(element).rpartition(b":")[0].decode()

    def _indent(self, start: int) -> str | None:
        """The white space between the beginning of the line and `start`; None where something else stands there."""
        line = self._xml.rfind(b"\n", 0, start) + 1
        gap = self._xml[line:start]
        return gap.decode() if line and not gap.strip() else None

    def _child_indent(self) -> str | None:
        home: Element = self._home or self._tree.rdf
        if self._home is not None and self._home.first is not None:
            return self._indent(self._home.first)
        own = self._indent(home.start)
        return None if own is None else own + (" " if self._home is not None else "  ")
