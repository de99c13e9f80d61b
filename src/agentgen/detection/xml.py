"""XML from strangers: elements without their namespaces; a document type is refused."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator

from agentgen.detection.tree import Manifest, UnreadableManifest


class _NoDocumentType(ET.TreeBuilder):
    """Refuses a document type, which is where entities that grow or read files are declared."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:  # noqa: ARG002 - the parser's signature
        raise _HasDocumentType


class _HasDocumentType(Exception):
    """Stops a parser before the first entity is declared."""


class Element:
    """An element, which finds others by their names alone."""

    def __init__(self, element: ET.Element) -> None:
        self._element = element
        for each in element.iter():
            each.tag = each.tag.rpartition("}")[2]

    @property
    def name(self) -> str:
        """The name of the outermost element."""
        return self._element.tag

    def text(self, *path: str) -> str | None:
        """Return the text of the first element below these names."""
        found = self._element.find("/".join(path))
        text = found.text.strip() if found is not None and found.text else ""
        return text or None

    def attribute(self, name: str) -> str | None:
        """Return an attribute of the outermost element."""
        return self._element.get(name)

    def texts(self, name: str) -> Iterator[str]:
        """Yield the text of every element of this name, at any depth."""
        for each in self._element.iter(name):
            if each.text and each.text.strip():
                yield each.text.strip()

    def attributes(self, name: str, attribute: str) -> Iterator[str]:
        """Yield an attribute of every element of this name, at any depth."""
        for each in self._element.iter(name):
            if value := each.get(attribute):
                yield value


def read_xml(manifest: Manifest) -> Element:
    """Return the outermost element. Raises `UnreadableManifest`."""
    parser = ET.XMLParser(target=_NoDocumentType())  # noqa: S314 - see above
    try:
        parser.feed(manifest.text)
        return Element(parser.close())
    except _HasDocumentType:
        raise UnreadableManifest(manifest.path, "it has a document type") from None
    except (ET.ParseError, ValueError):
        raise UnreadableManifest(manifest.path, "it is not XML") from None
