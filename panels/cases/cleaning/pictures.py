"""JPEG and PNG: decoded to pixels and written anew, so nothing but pixels comes through."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps

from panels.cases.cleaning.kinds import JPEG, MOST_PIXELS, SHOWN_PIXELS, UNREADABLE, Cleaned, NotTaken, Page

QUALITY, SHOWN_QUALITY = 92, 82
KEPT = frozenset({"L", "RGB", "RGBA", "LA", "I;16"})


def clean(data: bytes, kind: str) -> Cleaned:
    """The first picture of the file, upright, without anything said about it. Raises ``NotTaken``."""
    picture, removed = opened(data, kind)
    upright = ImageOps.exif_transpose(picture)
    plain = Image.frombytes(upright.mode, upright.size, upright.tobytes())  # pixels and nothing else
    written = io.BytesIO()
    if kind == JPEG:
        plain = plain.convert("RGB") if plain.mode in {"RGBA", "LA"} else plain
        plain.save(written, "JPEG", quality=QUALITY, subsampling=0)
    else:
        plain.save(written, "PNG")
    return Cleaned(kind, written.getvalue(), [shown(plain)], removed)


def opened(data: bytes, kind: str) -> tuple[Image.Image, list[str]]:
    """The decoded picture in a plain mode, and what the file said besides. Its size is looked at before it is decoded."""
    warnings.simplefilter("ignore")
    try:
        picture: Image.Image = Image.open(io.BytesIO(data), formats=[kind.upper()])
        check_size(picture)
        removed = said_besides(picture)
        picture.load()
    except NotTaken:
        raise
    except Exception as error:  # whatever the decoder raises for a hostile file
        raise NotTaken(UNREADABLE) from error
    orientation = picture.getexif().get(274)
    plain = in_plain_mode(picture)
    if orientation:
        plain.getexif()[274] = orientation
    return plain, removed


def check_size(picture: Image.Image) -> None:
    if picture.width * picture.height > MOST_PIXELS:
        raise NotTaken("The picture has more than 50 million points. Make it smaller.")


def said_besides(picture: Image.Image) -> list[str]:
    """In words, what a file holds besides its pixels."""
    exif = picture.getexif()
    found = []
    if exif.get_ifd(34853):
        found.append("the place where the picture was taken")
    if exif or picture.info.keys() & {"comment", "xmp", "XML:com.adobe.xmp", "photoshop", "exif"} or texts(picture):
        found.append("notes of the camera or program")
    if getattr(picture, "n_frames", 1) > 1:
        found.append("further pictures in the same file")
    return found


def texts(picture: Image.Image) -> bool:
    return any(isinstance(value, str) for value in picture.info.values())


def in_plain_mode(picture: Image.Image) -> Image.Image:
    if picture.mode in KEPT:
        return picture
    if picture.mode == "1":
        return picture.convert("L")
    return picture.convert("RGBA" if "transparency" in picture.info else "RGB")


def shown(picture: Image.Image) -> Page:
    """On white, and no larger than a screen needs."""
    if picture.mode == "I;16":  # sixteen bits of grey, of which scanners use as many as they like
        brightest = max(picture.getextrema()[1], 1)
        picture = picture.convert("I").point(lambda value: value * 255 / brightest).convert("L")
    if picture.mode in {"RGBA", "LA"}:
        ground = Image.new("RGBA", picture.size, "white")
        ground.alpha_composite(picture.convert("RGBA"))
        picture = ground
    small = picture.convert("RGB")
    small.thumbnail((SHOWN_PIXELS, SHOWN_PIXELS))
    written = io.BytesIO()
    small.save(written, "JPEG", quality=SHOWN_QUALITY)
    return Page(written.getvalue(), small.width, small.height)
