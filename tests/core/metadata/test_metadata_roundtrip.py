"""Reading and writing whole files: what is written is read, what is not named stays, what is undone is as before."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from cutline.core import metadata
from cutline.core.errors import ChangedMeanwhile, Unsupported
from cutline.core.metadata.blocks import exif, iptc, irb, xmp
from cutline.core.metadata.model import BlockName
from cutline.core.metadata.photofile import taken_apart
from cutline.core.photo import FIELDS, Caption, FieldName
from helpers import jpeg_files as files
from helpers.exif_blocks import camera, description, ifd0, windows
from helpers.spliced import spliced

CAPTION = Caption("Zürich", "東京 😀\nsecond line", tuple(f"tag {n}" for n in range(100)), "alt text")
OTHER = Caption("Bern", "Aare", ("river",), "other")
FOREIGN_XMP = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
    b' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)
FOREIGN_IRB = files.resource(0x03ED, bytes(range(16)))


def full() -> bytes:
    return files.jpeg(
        files.exif(camera(">", trailing=b"end")), files.xmp(FOREIGN_XMP), files.irb(FOREIGN_IRB), files.icc()
    )


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "a photo.jpg"
    path.write_bytes(full())
    return path


def block(path: Path, name: BlockName) -> bytes:
    with taken_apart(path) as photo:
        return photo.layout.blocks[name]


def iim(path: Path) -> bytes:
    return irb.read(block(path, "irb")).iim or b""


class TestWrite:
    def test_all_carriers_hold_what_was_written(self, photo: Path) -> None:
        written = metadata.write(photo, CAPTION, FIELDS)
        assert written.changed
        assert written.caption == CAPTION == metadata.read(photo).caption
        said = [exif.read(block(photo, "exif")), xmp.read(block(photo, "xmp")), iptc.read(iim(photo))]
        assert [s.title for s in said] == ["Zürich"] * 3
        assert [s.description for s in said] == [CAPTION.description] * 3
        assert [s.tags for s in said] == [CAPTION.tags] * 3
        assert said[0].comment == CAPTION.description
        assert said[1].alt_text == "alt text"

    def test_the_picture_stays(self, photo: Path) -> None:
        before, pixels = metadata.picture_hash(photo), Image.open(photo).tobytes()
        metadata.write(photo, CAPTION, FIELDS)
        assert metadata.picture_hash(photo) == before
        assert Image.open(photo).tobytes() == pixels

    def test_every_byte_outside_the_splices_stays(self, photo: Path) -> None:
        before = photo.read_bytes()
        written = metadata.write(photo, CAPTION, FIELDS)
        assert photo.read_bytes() == spliced(before, written.splices)
        assert sum(s.old_length for s in written.splices) < 300

    def test_the_inverse_undoes_it(self, photo: Path) -> None:
        before = photo.read_bytes()
        first = metadata.write(photo, CAPTION, FIELDS)
        middle = photo.read_bytes()
        second = metadata.write(photo, OTHER, FIELDS)
        assert spliced(photo.read_bytes(), second.inverse) == middle
        assert spliced(middle, first.inverse) == before

    def test_writing_it_again_changes_no_byte_and_no_time(self, photo: Path) -> None:
        metadata.write(photo, CAPTION, FIELDS)
        before, status = photo.read_bytes(), photo.stat()
        again = metadata.write(photo, CAPTION, FIELDS)
        assert (again.changed, again.splices, again.caption) == (False, (), CAPTION)
        assert photo.read_bytes() == before
        assert (photo.stat().st_ino, photo.stat().st_mtime_ns) == (status.st_ino, status.st_mtime_ns)

    def test_fields_not_named_stay_in_every_carrier(self, photo: Path) -> None:
        metadata.write(photo, CAPTION, FIELDS)
        metadata.write(photo, OTHER, ["title"])
        assert metadata.read(photo).caption == Caption("Bern", CAPTION.description, CAPTION.tags, CAPTION.alt_text)
        for said in (exif.read(block(photo, "exif")), xmp.read(block(photo, "xmp")), iptc.read(iim(photo))):
            assert (said.title, said.description, said.tags) == ("Bern", CAPTION.description, CAPTION.tags)

    def test_the_words_of_an_old_caption_are_gone(self, photo: Path) -> None:
        secret = Caption("Geheimnis", "Geheimnis im Text " * 9, ("Geheimnis", "x" * 90))
        metadata.write(photo, secret, FIELDS)
        for caption in (OTHER, Caption()):
            metadata.write(photo, caption, FIELDS)
            assert b"Geheimnis" not in photo.read_bytes()
            assert "Geheimnis".encode("utf-16-le") not in photo.read_bytes()

    def test_clearing_a_bare_photo_gives_the_bare_photo(self, tmp_path: Path) -> None:
        path = tmp_path / "bare.jpg"
        path.write_bytes(files.jpeg(files.icc()))
        metadata.write(path, CAPTION, FIELDS)
        metadata.write(path, Caption(), FIELDS)
        assert path.read_bytes() == files.jpeg(files.icc())

    def test_many_edits_do_not_grow_the_file(self, photo: Path) -> None:
        metadata.write(photo, CAPTION, FIELDS)
        size = photo.stat().st_size
        for n in range(12):
            metadata.write(photo, OTHER if n % 2 else Caption("a" * n * 5, "b" * n * 20, ("c",) * n), FIELDS)
        metadata.write(photo, CAPTION, FIELDS)
        assert photo.stat().st_size <= size + 2048  # the padding of a packet may have come back

    def test_foreign_metadata_stays(self, photo: Path) -> None:
        metadata.write(photo, CAPTION, FIELDS)
        data = photo.read_bytes()
        assert files.icc() in data
        assert FOREIGN_IRB in data
        assert b'xmp:Rating="4"' in data
        assert ifd0(block(photo, "exif")).value(0x0110) == b"Model T\0"

    def test_a_trailer_stays(self, tmp_path: Path) -> None:
        path, trailer = tmp_path / "motion.jpg", b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 8192
        path.write_bytes(files.jpeg(trailer=trailer))
        metadata.write(path, CAPTION, FIELDS)
        assert path.read_bytes().endswith(trailer)

    def test_a_dry_run_says_what_would_be_done_and_does_nothing(self, photo: Path) -> None:
        before, status = photo.read_bytes(), photo.stat()
        planned = metadata.write(photo, CAPTION, FIELDS, dry_run=True)
        assert (photo.read_bytes(), photo.stat().st_mtime_ns) == (before, status.st_mtime_ns)
        assert planned.changed
        assert planned.caption == Caption()
        done = metadata.write(photo, CAPTION, FIELDS)
        assert (planned.splices, planned.inverse) == (done.splices, done.inverse)

    @pytest.mark.parametrize("empty", [files.exif(b""), files.exif(bytes(8)), files.xmp(b""), files.irb(b"")])
    def test_an_empty_block_is_no_trouble(self, tmp_path: Path, empty: bytes) -> None:
        path = tmp_path / "empty.jpg"
        path.write_bytes(files.jpeg(empty))
        before = path.read_bytes()
        assert metadata.write(path, Caption(alt_text="alt"), ["alt_text"]).caption.alt_text == "alt"
        assert metadata.write(path, CAPTION, FIELDS).caption == CAPTION
        assert not metadata.read(path).notes
        path.write_bytes(before)
        assert not metadata.write(path, Caption(), FIELDS).changed

    def test_writers_at_the_same_time_leave_one_whole_caption(self, photo: Path) -> None:
        captions = [Caption(f"title {n}", f"words {n} " * n * 9, (f"tag {n}",), f"alt {n}") for n in range(1, 7)]

        def write(caption: Caption) -> bool:
            try:
                return metadata.write(photo, caption, FIELDS).changed
            except ChangedMeanwhile:
                return False

        with ThreadPoolExecutor(6) as pool:
            assert any(pool.map(write, captions))
        now = metadata.read(photo).caption
        assert replace(now, description=now.description + " ") in captions or now in captions
        assert [p.name for p in photo.parent.iterdir()] == [photo.name]

    def test_a_second_name_of_the_file_is_noted(self, photo: Path) -> None:
        photo.with_name("second.jpg").hardlink_to(photo)
        assert any("hard link" in note for note in metadata.write(photo, CAPTION, FIELDS).notes)
        assert metadata.read(photo.with_name("second.jpg")).caption == Caption()

    def test_content_credentials_are_noted_before_and_when_they_break(self, tmp_path: Path) -> None:
        path = tmp_path / "signed.jpg"
        box = b"JP\0\1\0\0\0\1\0\0\0\x50jumb\0\0\0\x28jumdc2pa" + bytes(60)
        path.write_bytes(files.jpeg(files.segment(files.APP11, box)))
        assert any("credentials" in note for note in metadata.read(path).notes)
        assert any("credentials" in note for note in metadata.write(path, CAPTION, FIELDS).notes)
        assert not metadata.write(path, CAPTION, FIELDS).notes
        assert files.segment(files.APP11, box) in path.read_bytes()

    def test_text_is_made_storable_before_it_is_written(self, photo: Path) -> None:
        written = metadata.write(photo, Caption(" t\0itle ", "a\r\nb", ("x\ny", "")), FIELDS)
        assert written.caption == Caption("title", "a\nb", ("x y",))
        assert not metadata.write(photo, Caption(" t\0itle ", "a\r\nb", ("x\ny", "")), FIELDS).changed


class TestPreviewBehindThePicture:
    """A maker note that holds the offset of a second JPEG behind EOI, counted from the TIFF header."""

    PREVIEW = files.picture((16, 16))

    def made(self, path: Path, order: Literal["little", "big"], pad: bytes) -> None:
        def data(offset: int) -> bytes:
            note = b"Note\0\0" + pad + offset.to_bytes(4, order) + b"the rest of the note"
            block = camera("<" if order == "little" else ">", maker_note=note, trailing=b"tail")
            return files.jpeg(files.exif(block), files.icc())

        offset = len(data(0)) - data(0).index(b"Exif\0\0") - 6
        path.write_bytes(data(offset) + self.PREVIEW)

    def preview(self, path: Path, order: Literal["little", "big"], pad: bytes) -> bytes:
        data = path.read_bytes()
        at = data.index(b"Note\0\0" + pad) + 6 + len(pad)
        base = data.index(b"Exif\0\0") + 6
        return data[base + int.from_bytes(data[at : at + 4], order) :]

    @pytest.mark.parametrize("order", ["little", "big"])
    @pytest.mark.parametrize("pad", [b"", b"o"])
    def test_is_still_found(self, tmp_path: Path, order: Literal["little", "big"], pad: bytes) -> None:
        path = tmp_path / "preview.jpg"
        self.made(path, order, pad)
        before = path.read_bytes()
        assert self.preview(path, order, pad) == self.PREVIEW
        written = metadata.write(path, CAPTION, FIELDS)
        assert self.preview(path, order, pad) == self.PREVIEW
        assert b"the rest of the note" in path.read_bytes()
        assert spliced(path.read_bytes(), written.inverse) == before
        metadata.write(path, Caption(alt_text="other"), ["alt_text"])
        assert self.preview(path, order, pad) == self.PREVIEW
        assert not metadata.write(path, Caption(alt_text="other"), ["alt_text"]).changed
        metadata.write(path, Caption(), FIELDS)
        assert self.preview(path, order, pad) == self.PREVIEW


class TestStamp:
    def test_lets_pass_what_did_not_change(self, photo: Path) -> None:
        assert metadata.write(photo, CAPTION, FIELDS, stamp=metadata.read(photo).stamp).changed

    def test_refuses_what_another_program_changed(self, photo: Path) -> None:
        stamp = metadata.read(photo).stamp
        metadata.write(photo, OTHER, FIELDS)
        before = photo.read_bytes()
        with pytest.raises(ChangedMeanwhile, match=r"a photo\.jpg"):
            metadata.write(photo, CAPTION, FIELDS, stamp=stamp)
        assert photo.read_bytes() == before

    def test_sees_a_change_that_kept_size_and_time(self, photo: Path) -> None:
        metadata.write(photo, Caption("one"), ["title"])
        stamp, status = metadata.read(photo).stamp, photo.stat()
        photo.write_bytes(photo.read_bytes().replace(b"one<", b"two<"))
        os.utime(photo, ns=(status.st_atime_ns, status.st_mtime_ns))
        with pytest.raises(ChangedMeanwhile):
            metadata.write(photo, CAPTION, FIELDS, stamp=stamp)

    def test_sees_a_sidecar_that_came_meanwhile(self, photo: Path) -> None:
        stamp = metadata.read(photo).stamp
        metadata.write(photo, OTHER, FIELDS, mode="sidecar")
        with pytest.raises(ChangedMeanwhile):
            metadata.write(photo, CAPTION, FIELDS, stamp=stamp)


class TestMalformed:
    """A block that breaks its rules stays byte for byte, the others are written, and the person is told."""

    BROKEN_EXIF = camera(extra=[description(b"old words\0")])[:-8] + b"\xff" * 8

    def broken(self, tmp_path: Path, *segments: bytes) -> Path:
        path = tmp_path / "broken.jpg"
        path.write_bytes(files.jpeg(*segments))
        return path

    def test_exif(self, tmp_path: Path) -> None:
        looped = b"II*\0\x08\0\0\0\1\0" + b"\x69\x87\4\0\1\0\0\0\x08\0\0\0" + bytes(4)
        path = self.broken(tmp_path, files.exif(looped))
        written = metadata.write(path, CAPTION, FIELDS)
        assert files.exif(looped) in path.read_bytes()
        assert metadata.read(path).caption == written.caption == CAPTION
        assert any("EXIF" in note for note in written.notes)

    def test_a_description_in_it_does_not_hide_the_new_one(self, tmp_path: Path) -> None:
        block = camera(extra=[description(b"old words that were there\0")], trailing=bytes(8))
        block = block.replace(b"\x7c\x92\7\0", b"\x7c\x92\7\0\xff\xff\xff\x7f"[:4] + b"")  # the maker note
        at = block.index(b"\x7c\x92\7\0")
        block = block[: at + 8] + b"\0\0\0\x7f" + block[at + 12 :]
        path = self.broken(tmp_path, files.exif(block))
        assert metadata.read(path).caption.description == "old words that were there"
        metadata.write(path, CAPTION, FIELDS)
        assert files.exif(block) in path.read_bytes()
        assert metadata.read(path).caption == CAPTION

    def test_xmp(self, tmp_path: Path) -> None:
        path = self.broken(tmp_path, files.xmp(b"<x:xmpmeta <broken"))
        caption = Caption("Zürich", "words", ("a", "b"))
        written = metadata.write(path, caption, ["title", "description", "tags"])
        assert files.xmp(b"<x:xmpmeta <broken") in path.read_bytes()
        assert metadata.read(path).caption == caption
        assert any("XMP" in note for note in written.notes)

    def test_photoshop(self, tmp_path: Path) -> None:
        segment = files.irb(b"8BIM\4\4\0\0\0\0\xff\xffshort")
        path = self.broken(tmp_path, segment)
        written = metadata.write(path, CAPTION, FIELDS)
        assert segment in path.read_bytes()
        assert metadata.read(path).caption == CAPTION
        assert any("IPTC" in note for note in written.notes)

    def test_a_field_nothing_can_hold_is_refused_and_nothing_changed(self, tmp_path: Path) -> None:
        path = self.broken(tmp_path, files.xmp(b"<x:xmpmeta <broken"))
        before = path.read_bytes()
        with pytest.raises(Unsupported, match="alt text"):
            metadata.write(path, CAPTION, FIELDS)
        assert path.read_bytes() == before


class TestLimits:
    def test_exif_that_gets_too_large_loses_the_windows_fields(self, tmp_path: Path) -> None:
        path = tmp_path / "large.jpg"
        path.write_bytes(files.jpeg(files.exif(camera(maker_note=bytes(range(256)) * 230))))
        words = "Wörter " * 600
        written = metadata.write(path, Caption("T", words, ("a",)), FIELDS)
        said = exif.read(block(path, "exif"))
        assert (said.title, said.description, said.comment) == (None, words.strip(), None)
        assert metadata.read(path).caption == written.caption == Caption("T", words.strip(), ("a",))
        assert any("EXIF" in note for note in written.notes)
        assert not metadata.write(path, Caption("T", words, ("a",)), FIELDS).changed

    def test_then_it_loses_all_of_the_chosen_fields_and_says_nothing_old(self, tmp_path: Path) -> None:
        path = tmp_path / "full.jpg"
        old = [description(b"old words\0"), windows(0x9C9C, "old words")]
        path.write_bytes(files.jpeg(files.exif(camera(extra=old, maker_note=bytes(range(256)) * 250))))
        words = "Wörter " * 600
        written = metadata.write(path, Caption("", words), FIELDS)
        assert exif.read(block(path, "exif")).description is None
        assert metadata.read(path).caption == written.caption == Caption("", words.strip())
        assert len(block(path, "exif")) > 64_000

    def test_text_too_long_for_any_carrier_is_refused(self, photo: Path) -> None:
        before = photo.read_bytes()
        with pytest.raises(Unsupported):
            metadata.write(photo, Caption(alt_text="x" * 70_000), ["alt_text"])
        assert photo.read_bytes() == before

    @pytest.mark.parametrize("length", [2_001, 30_000, 65_000])
    def test_a_long_text_is_kept_whole_and_costs_the_other_fields_nothing(self, length: int, tmp_path: Path) -> None:
        path = tmp_path / "long.jpg"
        path.write_bytes(files.jpeg())
        caption = Caption("t" * 80, "d" * length, ("pier", "x" * 70))
        assert metadata.write(path, caption, FIELDS).caption == caption
        assert metadata.read(path).caption == caption

    def test_a_description_no_carrier_holds_whole_is_refused_not_cut(self, tmp_path: Path) -> None:
        path = tmp_path / "long.jpg"
        path.write_bytes(files.jpeg())
        with pytest.raises(Unsupported, match="shorten it"):
            metadata.write(path, Caption("Title", "d" * 70_000), FIELDS)
        assert path.read_bytes() == files.jpeg()


class TestDigest:
    """Photoshop's digest says that IIM was changed after XMP: what it means is kept for fields that are not written."""

    def stale(self, tmp_path: Path) -> Path:
        path = tmp_path / "stale.jpg"
        records = iptc.edit(None, Caption("iim title", "iim words", ("iim",)), FIELDS)
        packet = xmp.edit(None, Caption("xmp title", "xmp words", ("xmp",)), FIELDS)
        resources = files.resource(0x0404, records) + files.resource(0x0425, b"0123456789abcdef")
        path.write_bytes(files.jpeg(files.xmp(packet), files.irb(resources)))
        return path

    def test_a_field_that_is_not_named_still_reads_from_iim(self, tmp_path: Path) -> None:
        path = self.stale(tmp_path)
        assert metadata.read(path).caption == Caption("iim title", "iim words", ("iim",))
        metadata.write(path, Caption("new"), ["title"])
        assert metadata.read(path).caption == Caption("new", "iim words", ("iim",))

    def test_it_is_brought_up_to_date_where_that_changes_no_other_field(self, tmp_path: Path) -> None:
        path = tmp_path / "stale.jpg"
        records = iptc.edit(None, Caption("iim title"), FIELDS)
        resources = files.resource(0x0404, records) + files.resource(0x0425, b"0123456789abcdef")
        path.write_bytes(files.jpeg(files.irb(resources)))
        metadata.write(path, Caption("new"), ["title"])
        with taken_apart(path) as photo:
            assert not photo.carriers.iim_is_newer

    def test_all_fields_written_bring_it_up_to_date(self, tmp_path: Path) -> None:
        path = self.stale(tmp_path)
        metadata.write(path, OTHER, FIELDS)
        with taken_apart(path) as photo:
            assert not photo.carriers.iim_is_newer
        assert metadata.read(path).caption == OTHER


class TestSidecar:
    def test_takes_part_in_reading(self, photo: Path) -> None:
        metadata.write(photo, CAPTION, FIELDS)
        before = photo.read_bytes()
        written = metadata.write(photo, OTHER, FIELDS, mode="sidecar")
        assert photo.read_bytes() == before
        assert written.changed
        assert written.sidecar is not None
        assert written.sidecar.exists()
        reading = metadata.read(photo)
        assert (reading.caption, reading.sidecar) == (OTHER, written.sidecar)

    def test_is_brought_in_step_when_the_photo_is_written(self, photo: Path) -> None:
        metadata.write(photo, OTHER, FIELDS, mode="sidecar")
        written = metadata.write(photo, CAPTION, FIELDS)
        assert written.caption == metadata.read(photo).caption == CAPTION
        assert not metadata.write(photo, CAPTION, FIELDS).changed
        assert xmp.read(block(photo, "xmp")).title == CAPTION.title

    def test_is_written_once(self, photo: Path) -> None:
        assert metadata.write(photo, CAPTION, FIELDS, mode="sidecar").changed
        assert not metadata.write(photo, CAPTION, FIELDS, mode="sidecar").changed

    def test_is_not_made_for_nothing(self, photo: Path) -> None:
        assert not metadata.write(photo, Caption(), FIELDS, mode="sidecar").changed
        assert [p.name for p in photo.parent.iterdir()] == [photo.name]

    def test_says_so_when_the_photo_keeps_what_it_cannot_take_away(self, photo: Path) -> None:
        metadata.write(photo, CAPTION, FIELDS)
        written = metadata.write(photo, Caption("other"), FIELDS, mode="sidecar")
        assert written.caption.description == CAPTION.description
        assert any("photo itself" in note for note in written.notes)

    def test_a_dry_run_makes_none(self, photo: Path) -> None:
        assert metadata.write(photo, CAPTION, FIELDS, mode="sidecar", dry_run=True).changed
        assert [p.name for p in photo.parent.iterdir()] == [photo.name]

    def test_a_broken_one_is_noted_and_the_photo_still_written(self, photo: Path) -> None:
        photo.with_suffix(".xmp").write_bytes(b"<broken")
        assert metadata.read(photo).notes
        written = metadata.write(photo, CAPTION, FIELDS)
        assert written.caption == CAPTION
        assert written.notes
        assert photo.with_suffix(".xmp").read_bytes() == b"<broken"

    def test_serves_formats_that_nothing_is_embedded_into(self, tmp_path: Path) -> None:
        path = tmp_path / "scan.tif"
        Image.new("L", (4, 4)).save(path)
        before = path.read_bytes()
        assert metadata.write(path, CAPTION, FIELDS, mode="sidecar").caption == CAPTION
        assert path.read_bytes() == before


@pytest.mark.parametrize("ending", ["png", "webp"])
class TestOtherContainers:
    def test_hold_captions_too(self, tmp_path: Path, ending: str) -> None:
        path = tmp_path / f"photo.{ending}"
        Image.effect_noise((40, 30), 40).convert("RGB").save(path)
        before, pixels, digest = path.read_bytes(), Image.open(path).tobytes(), metadata.picture_hash(path)
        written = metadata.write(path, CAPTION, FIELDS)
        assert written.caption == metadata.read(path).caption == CAPTION
        assert metadata.read(path).format == ending
        assert Image.open(path).tobytes() == pixels
        assert metadata.picture_hash(path) == digest
        assert not metadata.write(path, CAPTION, FIELDS).changed
        assert spliced(path.read_bytes(), written.inverse) == before


TEXT = st.text(max_size=80)
CAPTIONS = st.builds(Caption, TEXT, TEXT, st.lists(TEXT, max_size=5).map(tuple), TEXT)
CHOSEN = st.sets(st.sampled_from(FIELDS), min_size=1)


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CAPTIONS, CHOSEN), min_size=1, max_size=3), st.booleans())
def test_any_text_comes_back_and_can_be_undone(
    tmp_path: Path, edits: list[tuple[Caption, set[FieldName]]], bare: bool
) -> None:
    path = tmp_path / "any.jpg"
    path.write_bytes(files.jpeg() if bare else full())
    for caption, chosen in edits:
        before, was = path.read_bytes(), metadata.read(path).caption
        written = metadata.write(path, caption, chosen)
        now = metadata.read(path).caption
        assert now == written.caption
        for name in FIELDS:
            if name not in chosen:
                assert getattr(now, name) == getattr(was, name)
        assert not metadata.write(path, caption, chosen).changed
        assert spliced(path.read_bytes(), written.inverse) == before
