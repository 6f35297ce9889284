"""JPEG taken apart and spliced: where blocks go, what stays, what counts is corrected."""

import io
import struct
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cutline.core.errors import PhotoError, Unreadable
from cutline.core.metadata.containers import jpeg
from cutline.core.metadata.model import BlockName, Layout, Splice
from helpers import jpeg_files as files
from helpers.exif_blocks import camera

IRB = files.resource(0x03ED, bytes(16)) + files.resource(0x0404, b"\x1c\x02\x05\x00\x03old")
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
NEW: dict[BlockName, bytes] = {"exif": camera(">"), "xmp": XMP + b" " * 40, "irb": IRB + files.resource(0x0425, b"m")}


def parsed(data: bytes) -> Layout:
    return jpeg.parse(io.BytesIO(data), len(data))


def spliced(data: bytes, splices: list[Splice]) -> bytes:
    result, position = b"", 0
    for splice in splices:
        assert splice.offset >= position
        result += data[position : splice.offset] + splice.new_bytes
        position = splice.offset + splice.old_length
    return result + data[position:]


def rewritten(data: bytes, new: dict[BlockName, bytes]) -> bytes:
    return spliced(data, jpeg.splices(parsed(data), new))


def kinds(data: bytes) -> list[str]:
    """The APP segments of a file by name, in order."""
    names = {files.EXIF_ID: "exif", files.XMP_ID: "xmp", files.EXTENSION_ID: "extension", files.IRB_ID: "irb"}
    names |= {b"JFIF": "jfif", b"ICC_PROFILE": "icc", b"MPF\0": "mpf"}
    found = []
    for marker, raw in files.split(data):
        if 0xE0 <= marker <= 0xEF:
            found.append(next((name for start, name in names.items() if raw[4:].startswith(start)), hex(marker)))
    return found


def ranges(data: bytes, layout: Layout) -> bytes:
    return b"".join(data[offset : offset + length] for offset, length in layout.picture)


class TestParse:
    def test_finds_the_blocks(self) -> None:
        layout = parsed(files.jpeg(files.exif(camera()), files.xmp(XMP), files.irb(IRB)))
        assert layout.format == "jpeg"
        assert dict(layout.blocks) == {"exif": camera(), "xmp": XMP, "irb": IRB}
        assert layout.holds == {"exif", "xmp", "irb"}

    def test_a_bare_picture_holds_none(self) -> None:
        assert not parsed(files.jpeg(jfif=False)).blocks

    def test_joins_what_photoshop_split(self) -> None:
        layout = parsed(files.jpeg(files.irb(IRB[:20]), files.icc(), files.irb(IRB[20:])))
        assert layout.blocks["irb"] == IRB

    def test_leaves_others_segments_of_the_same_markers_alone(self) -> None:
        others = (
            files.segment(files.APP1, files.EXTENSION_ID + bytes(60)),
            files.segment(files.APP13, b"Adobe_Photoshop2.5:" + bytes(20)),
            files.segment(files.APP1, b"QVCI\0" + bytes(20)),
        )
        data = files.jpeg(*others)
        assert not parsed(data).blocks
        assert all(other in rewritten(data, NEW) for other in others)

    def test_steps_over_fill_bytes_and_standalone_markers(self) -> None:
        data = files.jpeg(b"\xff\xff\xff" + files.exif(camera())[1:], b"\xff\x01", b"\xff\xd0", files.xmp(XMP))
        assert dict(parsed(data).blocks) == {"exif": camera(), "xmp": XMP}

    def test_steps_over_stray_bytes_as_decoders_do(self) -> None:
        data = files.jpeg(files.exif(camera()), b"\0\0\0", files.xmp(XMP))
        Image.open(io.BytesIO(data)).load()
        assert dict(parsed(data).blocks) == {"exif": camera(), "xmp": XMP}

    def test_the_picture_is_the_same_whatever_the_metadata(self) -> None:
        bare, full = files.jpeg(), files.jpeg(files.exif(camera()), files.irb(IRB), files.segment(files.COM, b"hello"))
        assert ranges(bare, parsed(bare)) == ranges(full, parsed(full))

    def test_another_picture_is_another(self) -> None:
        one, other = files.jpeg(), files.jpeg(body=files.picture((48, 33)))
        assert ranges(one, parsed(one)) != ranges(other, parsed(other))

    def test_warns_of_content_credentials(self) -> None:
        box = b"JP\0\1\0\0\0\1" + struct.pack(">I4sI4s", 80, b"jumb", 40, b"jumd") + b"c2pa" + bytes(60)
        assert "content credentials" in parsed(files.jpeg(files.segment(files.APP11, box))).notes[0]
        assert not parsed(files.jpeg()).notes

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\xff\xd8",
            b"\xff\xd8\xff",
            b"\xff\xd8\xff\xe0",
            b"\xff\xd8\xff\xe0\0\0",
            b"\xff\xd8\xff\xe0\0\1" + bytes(40),
            b"\xff\xd8\xff\xd9",
            b"\xff\xd8\xff\xe1\xff\xff" + bytes(40),
            files.jpeg(files.exif(camera()))[:400],
            b"\xff\xd8" + files.exif(camera()) + b"\xff\xd9",
            b"\xff\xd8" + b"\xff\xfe\0\2" * 30_000,
            b"\xff\xd8" + bytes(200_000),
            b"not a JPEG file at all",
        ],
    )
    def test_what_is_no_whole_jpeg_is_unreadable(self, data: bytes) -> None:
        with pytest.raises(Unreadable):
            parsed(data)

    @pytest.mark.parametrize("cut", [3, 20, 60, 150])
    def test_a_file_cut_off_before_the_picture_is_unreadable(self, cut: int) -> None:
        data = files.jpeg()
        with pytest.raises(Unreadable):
            parsed(data[: min(cut, data.index(b"\xff\xda"))])


class TestSplices:
    def test_new_blocks_go_behind_jfif_in_the_usual_order(self) -> None:
        data = rewritten(files.jpeg(files.icc()), NEW)
        assert kinds(data) == ["jfif", "exif", "xmp", "irb", "icc"]
        assert dict(parsed(data).blocks) == NEW

    def test_blocks_are_replaced_where_they_stand(self) -> None:
        data = files.jpeg(files.icc(), files.irb(IRB), files.xmp(XMP), files.exif(camera()))
        after = rewritten(data, NEW)
        assert kinds(after) == ["jfif", "icc", "irb", "xmp", "exif"]
        assert dict(parsed(after).blocks) == NEW

    def test_xmp_goes_behind_exif_and_photoshop_behind_extended_xmp(self) -> None:
        data = files.jpeg(files.exif(camera()), files.segment(files.APP1, files.EXTENSION_ID + bytes(60)), files.icc())
        assert kinds(rewritten(data, {"irb": IRB})) == ["jfif", "exif", "extension", "irb", "icc"]
        assert kinds(rewritten(data, {"xmp": XMP})) == ["jfif", "exif", "xmp", "extension", "icc"]

    def test_nothing_is_put_behind_an_exif_block_that_points_out_of_itself(self) -> None:
        data = files.jpeg(files.exif(camera()[:300]))
        assert kinds(rewritten(data, {"xmp": XMP, "irb": IRB})) == ["jfif", "xmp", "irb", "exif"]

    def test_empty_removes(self) -> None:
        data = files.jpeg(files.exif(camera()), files.xmp(XMP), files.irb(IRB[:9]), files.icc(), files.irb(IRB[9:]))
        assert rewritten(data, {"exif": b"", "xmp": b"", "irb": b""}) == files.jpeg(files.icc())

    def test_the_same_is_no_splice(self) -> None:
        data = files.jpeg(files.exif(camera()), files.xmp(XMP))
        assert jpeg.splices(parsed(data), {"exif": camera(), "irb": b""}) == []

    def test_a_large_photoshop_block_is_split_and_an_edited_one_joined(self) -> None:
        large = IRB + files.resource(0x0BB7, bytes(range(256)) * 600)
        data = rewritten(files.jpeg(), {"irb": large})
        assert kinds(data).count("irb") == 3
        assert parsed(data).blocks["irb"] == large
        assert kinds(rewritten(data, {"irb": IRB})).count("irb") == 1

    def test_a_second_packet_follows_the_first(self) -> None:
        def packet(title: str) -> bytes:
            return (
                '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
                '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt>'
                f'<rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF>'
                "</x:xmpmeta>"
            ).encode()

        data = files.jpeg(files.xmp(packet("old")), files.xmp(packet("older, and more")))
        after = rewritten(data, {"xmp": packet("new")})
        assert after.count(b">new<") == 2
        assert b"old" not in after


MPF_CASES = pytest.mark.parametrize("order", ["<", ">"])
OTHERS = (files.picture((16, 16)), files.picture((24, 8)))


class TestMpf:
    @MPF_CASES
    def test_images_are_found_after_new_blocks_in_front(self, order: str) -> None:
        data = files.with_mpf(files.icc(), others=OTHERS, order=order)
        after = rewritten(data, NEW)
        assert kinds(after) == ["jfif", "exif", "xmp", "irb", "icc", "mpf"]
        first, *others = files.mpf_images(after)
        assert tuple(others) == OTHERS
        assert first == after[: len(after) - sum(map(len, OTHERS))]

    @MPF_CASES
    def test_images_are_found_after_blocks_behind_it_changed(self, order: str) -> None:
        data = files.with_mpf(after=[files.exif(camera()), files.xmp(XMP), files.irb(IRB)], others=OTHERS, order=order)
        for new in (NEW, {"exif": b"", "xmp": b"", "irb": b""}):
            after = rewritten(data, dict(new))  # type: ignore[arg-type]
            first, *others = files.mpf_images(after)
            assert tuple(others) == OTHERS
            assert first == after[: len(after) - sum(map(len, OTHERS))]

    def test_a_new_block_goes_in_front_of_it(self) -> None:
        data = files.with_mpf(after=[files.exif(camera())], others=OTHERS)
        assert kinds(rewritten(data, {"xmp": XMP})) == ["jfif", "xmp", "mpf", "exif"]

    def test_a_broken_one_is_left_alone(self) -> None:
        broken = files.segment(files.APP2, b"MPF\0II*\0\xff\xff\0\0")
        assert broken in rewritten(files.jpeg(broken), NEW)


class TestTrailers:
    def test_bytes_behind_the_picture_stay(self) -> None:
        trailer = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 40
        assert rewritten(files.jpeg(trailer=trailer), NEW).endswith(trailer)

    @pytest.mark.parametrize("behind", [b"", b"another trailer" * 30])
    def test_afcp_offsets_are_corrected(self, behind: bytes) -> None:
        items = [(b"IPTC", b"\x1c\x02\x05\x00\x03abc"), (b"Nail", bytes(range(200)))]
        start = len(files.jpeg())
        data = files.jpeg(trailer=files.afcp(start, items) + behind)
        after = rewritten(data, NEW)
        assert files.afcp_items(after[: len(after) - len(behind)]) == [item for _, item in items]
        assert ranges(after, parsed(after)) == ranges(data, parsed(data))

    def test_a_stale_afcp_trailer_is_left_alone(self) -> None:
        trailer = files.afcp(12, [(b"IPTC", b"abc")])
        assert rewritten(files.jpeg(trailer=trailer), NEW).endswith(trailer)


BLOCK = st.binary(min_size=1, max_size=200)


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=300))
def test_arbitrary_bytes_raise_nothing_but_our_errors(data: bytes) -> None:
    for whole in (data, b"\xff\xd8" + data, files.jpeg(b"\xff" + data), files.jpeg(trailer=data)):
        with suppress(PhotoError):
            jpeg.splices(parsed(whole), NEW)


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_damaged_files_raise_nothing_but_our_errors(data: st.DataObject) -> None:
    items = [(b"IPTC", b"abc")]
    whole = bytearray(files.with_mpf(files.exif(camera()), files.xmp(XMP), files.irb(IRB), others=OTHERS))
    whole += files.afcp(len(whole), items)
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.one_of(st.integers(0, len(whole) - 1), st.integers(len(whole) - 60, len(whole) - 1)))
        whole[at] = data.draw(st.integers(0, 255))
    try:
        after = rewritten(bytes(whole), NEW)
    except PhotoError:
        return
    assert dict(parsed(after).blocks) == NEW


@settings(deadline=None, max_examples=150)
@given(
    st.permutations(["exif", "xmp", "irb", "icc", "com"]),
    st.sets(st.sampled_from(["exif", "xmp", "irb", "icc", "com"])),
    st.dictionaries(st.sampled_from(["exif", "xmp", "irb"]), st.one_of(st.just(b""), BLOCK)),
)
def test_any_order_of_segments_takes_any_blocks(
    order: list[str], missing: set[str], new: dict[BlockName, bytes]
) -> None:
    segments = {
        "exif": files.exif(camera()),
        "xmp": files.xmp(XMP),
        "irb": files.irb(IRB),
        "icc": files.icc(),
        "com": files.segment(files.COM, b"a comment"),
    }
    data = files.jpeg(*(segments[name] for name in order if name not in missing))
    before, after = parsed(data), rewritten(data, new)
    wanted = {name: block for name, block in {**before.blocks, **new}.items() if block}
    assert dict(parsed(after).blocks) == wanted
    assert ranges(after, parsed(after)) == ranges(data, before)
    for name in ("icc", "com"):
        assert (segments[name] in after) == (name not in missing)
