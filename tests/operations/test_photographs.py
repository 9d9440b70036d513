"""What photographs say of themselves, and the renditions made of them."""

import datetime as dt
import io
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from operations import photographs
from operations.photographs import Taken, TooManyPixels, rendition, taken

SHANGHAI = ZoneInfo("Asia/Shanghai")


def photograph(size=(40, 30), time="2026:03:02 10:20:30", gps=None, orientation=None, kind="JPEG", mode="RGB"):
    image = Image.new(mode, size, "white")
    exif = Image.Exif()
    if time:
        exif.get_ifd(0x8769)[0x9003] = time
    if gps:
        exif.get_ifd(0x8825).update(gps)
    if orientation:
        exif[0x0112] = orientation
    out = io.BytesIO()
    image.save(out, kind, exif=exif)
    return out.getvalue()


def test_time_and_place_are_read_in_millionths_of_a_degree():
    gps = {1: "N", 2: (34.0, 45.0, 30.6), 3: "W", 4: (113.0, 37.0, 12.0)}
    found = taken(photograph(gps=gps), SHANGHAI)
    assert found == Taken(dt.datetime(2026, 3, 2, 10, 20, 30, tzinfo=SHANGHAI), 34758500, -113620000)


@pytest.mark.parametrize(
    ("time", "gps"),
    [
        ("yesterday", None),
        (None, {1: "N", 2: (34.0, 45.0, 30.0)}),
        (None, {1: "N", 2: (99.0, 0.0, 0.0), 3: "E", 4: (113.0, 0.0, 0.0)}),
    ],
)
def test_what_makes_no_sense_says_nothing(time, gps):
    assert taken(photograph(time=time, gps=gps), SHANGHAI) == Taken()


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"\xff\xd8\xff garbage", b"GIF89a" + bytes(40)])
def test_what_is_no_picture_says_nothing_and_has_no_rendition(content):
    assert taken(content, SHANGHAI) == Taken()
    assert rendition(content) is None


def test_a_rendition_is_small_upright_and_says_nothing_of_the_camera():
    content = photograph((4000, 2000), orientation=6, gps={1: "N", 2: (1.0, 0.0, 0.0), 3: "E", 4: (1.0, 0.0, 0.0)})
    with Image.open(io.BytesIO(rendition(content))) as drawn:
        assert drawn.size == (800, 1600)
        assert not drawn.getexif()


def test_what_is_seen_through_stands_on_white():
    image = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    out = io.BytesIO()
    image.save(out, "PNG")
    with Image.open(io.BytesIO(rendition(out.getvalue()))) as drawn:
        assert drawn.getpixel((4, 4)) == (255, 255, 255)


def test_pictures_that_would_fill_the_memory_are_refused_by_their_head(monkeypatch):
    monkeypatch.setattr(photographs, "MOST_PIXELS", 1000)
    for look in (lambda content: taken(content, SHANGHAI), rendition):
        with pytest.raises(TooManyPixels):
            look(photograph((40, 30)))


def test_a_small_file_that_claims_a_huge_picture_is_refused():
    out = io.BytesIO()
    Image.new("1", (20000, 20000)).save(out, "PNG")
    assert len(out.getvalue()) < 100_000
    with pytest.raises(TooManyPixels):
        taken(out.getvalue(), SHANGHAI)
