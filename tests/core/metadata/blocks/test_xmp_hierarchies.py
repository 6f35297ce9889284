"""Lists of tags with hierarchies, in the forms in which other programs leave them."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cutline.core.metadata.blocks import xmp
from cutline.core.metadata.fields import storable, tags_of
from cutline.core.photo import Caption
from helpers.spliced import exiv2
from helpers.xmp_packets import DC, DIGIKAM, LIGHTROOM, described

NAMESPACES = (
    f'xmlns:dc="{DC}" xmlns:lr="http://ns.adobe.com/lightroom/1.0/" xmlns:digiKam="http://www.digikam.org/ns/1.0/" '
    'xmlns:MicrosoftPhoto="http://ns.microsoft.com/photo/1.0/" '
    'xmlns:mediapro="http://ns.iview-multimedia.com/mediapro/1.0/"'
)
SUBJECT, LR, TAGS_LIST = "dc:subject", "lr:hierarchicalSubject", "digiKam:TagsList"
WINDOWS, CATALOG = "MicrosoftPhoto:LastKeywordXMP", "mediapro:CatalogSets"
SEPARATORS = {LR: "|", TAGS_LIST: "/", WINDOWS: "/", CATALOG: "|"}


def array(name: str, *items: str, kind: str = "Bag") -> str:
    return f"<{name}><rdf:{kind}>{''.join(f'<rdf:li>{item}</rdf:li>' for item in items)}</rdf:{kind}></{name}>"


def packet(*properties: str, attributes: str = "") -> bytes:
    return described("".join(properties), attributes, NAMESPACES).encode()


def read(data: bytes) -> tuple[str, ...]:
    return tags_of(xmp.read(data))


def write(data: bytes, *tags: str) -> bytes:
    return xmp.edit(data, Caption(tags=tags), ["tags"])


def listed(data: bytes, name: str) -> list[str]:
    inside = data.decode().partition(f"<{name}>")[2].partition(f"</{name}>")[0]
    return re.findall(r"<rdf:li>([^<]*)</rdf:li>", inside)


def test_lightroom_lists_every_level_as_a_tag_of_its_own() -> None:
    levels = ("Places", "Places|Europe", "Places|Europe|France")
    data = packet(array(SUBJECT, "Europe", "France", "Places"), array(LR, *levels))
    assert read(data) == ("Places|Europe", "Places|Europe|France", "Places")
    assert write(data, *read(data)) is data
    fewer = write(data, "Places|Europe", "Places")
    assert (listed(fewer, SUBJECT), listed(fewer, LR)) == (["Europe", "Places"], ["Places", "Places|Europe"])
    assert b"France" not in fewer


def test_what_digikam_wrote_into_its_own_list_alone_is_read_and_gets_the_others() -> None:
    data = packet(array(TAGS_LIST, "sea", "Places/Europe/France", "_Digikam_Internal_Tags_/Seen", kind="Seq"))
    assert read(data) == ("sea", "Places|Europe|France")
    new = write(data, *read(data))
    assert listed(new, SUBJECT) == ["sea", "France"]
    assert listed(new, LR) == ["Places|Europe|France"]
    assert listed(new, TAGS_LIST) == ["sea", "Places/Europe/France", "_Digikam_Internal_Tags_/Seen"]
    assert write(new, *read(new)) is new


def test_each_tag_has_the_place_that_the_first_list_gives_it() -> None:
    lists = array(LR, "Places|France"), array(TAGS_LIST, "Old/France", "Water/sea"), array(CATALOG, "Animals|dog")
    assert read(packet(array(SUBJECT, "France", "sea", "dog"), *lists)) == ("Places|France", "Water|sea", "Animals|dog")


def test_lists_that_other_programs_do_not_clear_bring_no_tag_back() -> None:
    data = packet(array(SUBJECT, "AC/DC", "cat"), array(WINDOWS, "AC/DC", "Animals/cat", "gone", "Away/gone"))
    assert read(data) == ("AC/DC", "Animals|cat")
    assert write(data, *read(data)) is data
    assert listed(write(data, "Animals|cat"), WINDOWS) == ["Animals/cat", "gone", "Away/gone"]


def test_a_path_of_one_level_says_nothing_beside_a_longer_one() -> None:
    data = packet(array(SUBJECT, "Paris", "x"), array(LR, "Paris", "France|Paris", "People|Paris"))
    assert read(data) == storable(Caption(tags=read(data))).tags == ("France|Paris", "People|Paris", "x")
    assert write(data, *read(data)) is data


def test_a_path_in_the_flat_list_is_a_path() -> None:
    data = packet(array(SUBJECT, "Places|France", "sea"))
    assert read(data) == ("Places|France", "sea")
    assert write(data, *read(data)) is data
    new = write(data, "Places|France", "sea", "sky")
    assert listed(new, SUBJECT) == ["France", "sea", "sky"]
    assert read(new) == ("Places|France", "sea", "sky")


@pytest.mark.parametrize(
    "data",
    [
        packet(array(SUBJECT, "France", "2024"), array(LR, "Places|France", "Dates|2024")),
        packet(array(SUBJECT, "France", "2024", kind="Alt"), array(LR, "Places|France", "Dates|2024", kind="Alt")),
        packet(array(SUBJECT, "France", "2024", kind="Seq"), array(TAGS_LIST, "Places/France", "Dates/2024")),
        packet(
            "<dc:subject>France</dc:subject><lr:hierarchicalSubject>Places|France</lr:hierarchicalSubject>",
            "<digiKam:TagsList> Dates / 2024 </digiKam:TagsList>",
        ),
        packet(attributes='dc:subject="France" lr:hierarchicalSubject="Places|France" digiKam:TagsList="Dates/2024"'),
        packet(
            '<dc:subject rdf:parseType="Resource"><rdf:value>France</rdf:value></dc:subject>',
            array(LR, "Places|France").replace("<rdf:li>", '<rdf:li xml:lang="en">'),
            array(TAGS_LIST, "", "Dates/2024"),
        ),
    ],
)
def test_whatever_stands_where_a_list_is_expected_becomes_one(data: bytes) -> None:
    assert read(data) == ("Places|France", "Dates|2024")
    new = write(data, "Places|France")
    assert read(new) == ("Places|France",)
    assert b"2024" not in new
    assert read(write(data, "Dates|2024", "sea")) == ("Dates|2024", "sea")


@pytest.mark.needs("exiv2")
def test_exiv2_reads_the_lists(tmp_path: Path) -> None:
    path = tmp_path / "a.xmp"
    path.write_bytes(write(packet(array(SUBJECT, "sea")), "sea", "Places|Europe|France"))
    said = {line.split(None, 1)[0]: line.split(None, 1)[1].strip() for line in exiv2(path, "X").splitlines()}
    assert said["Xmp.lr.hierarchicalSubject"] == "Places|Europe|France"
    assert said["Xmp.digiKam.TagsList"] == "sea, Places/Europe/France"


_names = st.text("ab ä", min_size=1, max_size=3).map(str.strip).filter(bool)
_paths = st.lists(_names, min_size=1, max_size=3)


@st.composite
def _packets(draw: st.DrawFn) -> bytes:
    """Any mixture of lists, in step with each other or not."""
    properties = [array(SUBJECT, *draw(st.lists(_names, max_size=4)))] if draw(st.booleans()) else []
    for name, separator in SEPARATORS.items():
        if draw(st.booleans()):
            items = [separator.join(path) for path in draw(st.lists(_paths, max_size=4))]
            properties.append(array(name, *items, kind=draw(st.sampled_from(["Bag", "Seq"]))))
    return packet(*draw(st.permutations(properties)))


@settings(max_examples=200, deadline=None)
@given(_packets() | st.sampled_from([DIGIKAM, LIGHTROOM]), st.lists(_paths.map("|".join), max_size=4))
def test_any_lists_are_in_step_after_a_write(data: bytes, tags: list[str]) -> None:
    before = read(data)
    same = write(data, *before)
    assert read(same) == before
    assert write(same, *read(same)) == same
    wanted = storable(Caption(tags=tuple(tags))).tags
    new = write(data, *wanted)
    assert sorted(read(new)) == sorted(wanted)
    assert write(new, *read(new)) == new
    gone = set(before) - set(wanted)
    for name, separator in SEPARATORS.items():
        told = {"|".join(item.split(separator)) for item in listed(new, name)}
        assert not told & gone
        assert name in (LR,) or not told or told >= set(wanted)
