"""Carriers that disagree, and the one caption they mean."""

from hashlib import md5

import pytest

from cutline.core.metadata import fields
from cutline.core.metadata.blocks import iptc, xmp
from cutline.core.metadata.fields import Carriers, carriers, reconciled, storable
from cutline.core.metadata.model import CarrierText
from cutline.core.photo import Caption
from helpers import jpeg_files as files
from helpers.exif_blocks import camera, description, windows

EXIF = CarrierText("exif title", "exif words", ("exif",), None, "exif comment")
XMP = CarrierText("xmp title", "xmp words", ("xmp",), "xmp alt")
IIM = CarrierText("iim title", "iim words", ("iim",))
SIDECAR = CarrierText("side title", "side words", ("side",), "side alt")


class TestReconciled:
    def test_a_description_comes_from_exif_the_rest_from_xmp(self) -> None:
        caption = reconciled(Carriers(EXIF, XMP, IIM))
        assert caption == Caption("xmp title", "exif words", ("xmp",), "xmp alt")

    def test_iim_that_is_newer_goes_before_xmp(self) -> None:
        caption = reconciled(Carriers(EXIF, XMP, IIM, iim_is_newer=True))
        assert caption == Caption("iim title", "exif words", ("iim",), "xmp alt")

    @pytest.mark.parametrize(("newer", "words"), [(False, "xmp words"), (True, "iim words")])
    def test_without_exif_the_digest_decides_on_the_description_too(self, newer: bool, words: str) -> None:
        assert reconciled(Carriers(CarrierText(), XMP, IIM, iim_is_newer=newer)).description == words

    def test_what_one_lacks_another_gives(self) -> None:
        assert reconciled(Carriers(iim=IIM)) == Caption("iim title", "iim words", ("iim",))
        assert reconciled(Carriers(xmp=CarrierText("", "", ()), iim=IIM)).tags == ("iim",)

    def test_windows_fields_are_the_last_resort(self) -> None:
        exif = CarrierText(title="exif title", tags=("exif",), comment="exif comment")
        assert reconciled(Carriers(exif)) == Caption("exif title", "exif comment", ("exif",))

    def test_an_exif_block_that_cannot_be_changed_is_asked_last(self) -> None:
        assert reconciled(Carriers(EXIF, XMP, exif_is_sound=False)).description == "xmp words"
        assert reconciled(Carriers(EXIF, exif_is_sound=False)).description == "exif words"

    def test_a_sidecar_wins_for_what_it_carries(self) -> None:
        assert reconciled(Carriers(EXIF, XMP, IIM, SIDECAR)) == Caption(
            "side title", "side words", ("side",), "side alt"
        )
        partial = CarrierText(title="side title")
        assert reconciled(Carriers(EXIF, XMP, IIM, partial)) == Caption("side title", "exif words", ("xmp",), "xmp alt")

    @pytest.mark.parametrize("text", ["OLYMPUS DIGITAL CAMERA         ", "SONY DSC", "Minolta DIGITAL CAMERA."])
    def test_what_a_camera_says_of_every_picture_is_no_description(self, text: str) -> None:
        assert reconciled(Carriers(CarrierText(description=text))).description == ""
        assert reconciled(Carriers(CarrierText(description=text), XMP)).description == "xmp words"

    def test_text_that_iim_had_to_cut_is_taken_whole(self) -> None:
        whole = CarrierText("t" * 100, "d" * 3000, ("x" * 80, "short"))
        cut = CarrierText("t" * 64, "d" * 2000, ("x" * 64, "short"))
        caption = reconciled(Carriers(xmp=whole, iim=cut, iim_is_newer=True))
        assert caption == Caption("t" * 100, "d" * 3000, ("x" * 80, "short"))

    def test_an_emoji_that_was_left_out_whole_does_not_hide_the_cut(self) -> None:
        family = "t" * 50 + "\U0001f468\u200d\U0001f469\u200d\U0001f467 at the sea"
        said = Carriers(xmp=CarrierText(family), iim=CarrierText("t" * 50), iim_is_newer=True)
        assert reconciled(said).title == family

    def test_text_an_old_program_garbled_is_taken_whole(self) -> None:
        said = Carriers(CarrierText(description="Z?rich?"), CarrierText(description="Zürich?"))
        assert reconciled(said).description == "Zürich?"
        said = Carriers(CarrierText(description="Where?"), CarrierText(description="There?"))
        assert reconciled(said).description == "Where?"

    def test_tags_that_differ_only_behind_the_limit_are_taken_whole(self) -> None:
        whole = CarrierText(tags=("x" * 70 + "a", "x" * 70 + "b", "short"))
        cut = CarrierText(tags=("x" * 64, "short"))
        assert reconciled(Carriers(xmp=whole, iim=cut, iim_is_newer=True)).tags == whole.tags

    def test_a_shorter_text_is_not_a_cut_one(self) -> None:
        iim = CarrierText("a title", tags=("one",))
        old = CarrierText("a title that was longer", tags=("one", "two"))
        caption = reconciled(Carriers(xmp=old, iim=iim, iim_is_newer=True))
        assert (caption.title, caption.tags) == ("a title", ("one",))


class TestCarriers:
    IIM = iptc.edit(None, Caption("iim title"), ["title"])

    def test_the_digest_tells_who_wrote_last(self) -> None:
        right = files.resource(0x0404, self.IIM) + files.resource(0x0425, md5(self.IIM).digest())
        stale = files.resource(0x0404, self.IIM) + files.resource(0x0425, md5(b"older").digest())
        missing = files.resource(0x0404, self.IIM)
        assert [carriers({"irb": block}).iim_is_newer for block in (right, stale, missing)] == [False, True, False]

    def test_blocks_that_are_malformed_say_nothing(self) -> None:
        said = carriers({"exif": b"II", "xmp": b"<x:xmpmeta", "irb": b"8BIM\4\4\0\0\0\0\xff\xff"})
        assert said.malformed == {"exif", "xmp", "irb"}
        assert reconciled(said) == Caption()
        assert len(fields.notes(said)) == 3

    def test_a_block_that_can_only_be_read_is_noted(self) -> None:
        cut = camera(extra=[description(b"words\0")])
        said = carriers({"exif": cut[:-20] + b"\xff" * 20})
        assert not said.malformed
        said = carriers({"exif": cut})
        assert said.exif_is_sound
        assert fields.notes(said) == ()

    def test_every_block_is_asked(self) -> None:
        said = carriers(
            {
                "exif": camera(extra=[windows(0x9C9B, "exif title")]),
                "xmp": xmp.edit(None, Caption("xmp title"), ["title"]),
                "irb": files.resource(0x0404, self.IIM),
            }
        )
        assert (said.exif.title, said.xmp.title, said.iim.title) == ("exif title", "xmp title", "iim title")


def test_storable_keeps_words_and_drops_what_no_carrier_holds() -> None:
    caption = storable(Caption(" a\0b\x07 ", "one\r\ntwo\rthree\n", (" x\ny ", "", "x y", "\ud800"), "\ufffe alt"))
    assert caption == Caption("ab", "one\ntwo\nthree", ("x y",), "alt")


def test_storable_leaves_ordinary_text_alone() -> None:
    caption = Caption("Zürich 東京", "😀\nline\ttab", ("b", "a", "B"), "e\u0301")
    assert storable(caption) == caption
