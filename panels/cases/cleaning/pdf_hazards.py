"""What in a PDF does something, carries something, or says something about its maker: found by walking every object."""

from __future__ import annotations

from typing import Any

from pikepdf import Array, Dictionary, Object, Pdf, Stream

from panels.cases.cleaning.kinds import UNREADABLE, NotTaken

MOST_OBJECTS = 300_000
SCRIPT, ACTION, CARRIED, MEDIA, NOTES, SIGNED, LINK, OUTSIDE = (
    "a script",
    "an action that runs by itself",
    "a file carried inside",
    "sound, film or a 3D model",
    "notes of the program that made it",
    "a digital signature",
    "links",
    "content fetched from outside",
)
KEYS = {
    "/JS": SCRIPT,
    "/JavaScript": SCRIPT,
    "/XFA": SCRIPT,
    "/OpenAction": ACTION,
    "/AA": ACTION,
    "/Launch": ACTION,
    "/EF": CARRIED,
    "/EmbeddedFiles": CARRIED,
    "/AF": CARRIED,
    "/Collection": CARRIED,
    "/RichMediaContent": MEDIA,
    "/RichMediaSettings": MEDIA,
    "/3DD": MEDIA,
    "/Metadata": NOTES,
    "/PieceInfo": NOTES,
    "/URI": LINK,
    "/FFilter": OUTSIDE,
    "/OPI": OUTSIDE,
    "/ByteRange": SIGNED,
}
ACTIONS = {
    "/JavaScript": SCRIPT,
    "/Launch": ACTION,
    "/SubmitForm": ACTION,
    "/ImportData": ACTION,
    "/GoToR": LINK,
    "/GoToE": LINK,
    "/URI": LINK,
    "/Rendition": MEDIA,
    "/Movie": MEDIA,
    "/Sound": MEDIA,
    "/RichMediaExecute": MEDIA,
    "/GoTo3DView": MEDIA,
}
TYPES = {"/Filespec": CARRIED, "/EmbeddedFile": CARRIED, "/Action": ACTION, "/Metadata": NOTES, "/Sig": SIGNED}
SUBTYPES = {"/PS": SCRIPT}
# Under these keys a dictionary's own keys are free names: of glyphs, colours, resources
FREE_NAMES = frozenset(
    "/CharProcs /XObject /Font /ExtGState /ColorSpace /Pattern /Shading /Colorants /Properties".split()
)


def found_in(pdf: Pdf) -> list[str]:
    """In words, each once. Raises ``NotTaken`` when the document has more objects than any page needs."""
    found: dict[str, None] = {}
    if any(str(value).strip() for value in dict(pdf.trailer.get("/Info", Dictionary())).values()):
        found[NOTES] = None
    waiting: list[tuple[Any, bool]] = [(pdf.Root, False)]
    seen: set[tuple[int, int]] = set()
    steps = 0
    while waiting:
        thing, free = waiting.pop()
        if isinstance(thing, Object) and thing.is_indirect:
            if thing.objgen in seen:
                continue
            seen.add(thing.objgen)
        if (steps := steps + 1) > MOST_OBJECTS:
            raise NotTaken(UNREADABLE)
        if isinstance(thing, Array):
            waiting += [(part, False) for part in thing if isinstance(part, Dictionary | Array | Stream)]
        elif isinstance(thing, Dictionary | Stream):
            found.update({} if free else dict.fromkeys(hazards_of(thing)))
            parts = ((key, thing[key]) for key in thing.keys() if key != "/Parent")  # noqa: SIM118 pikepdf's own keys
            waiting += [
                (part, key in FREE_NAMES) for key, part in parts if isinstance(part, Dictionary | Array | Stream)
            ]
    return list(found)


def hazards_of(thing: Any) -> list[str]:
    keys = set(thing.keys())
    found = [words for key, words in KEYS.items() if key in keys]
    for key, table in (("/S", ACTIONS), ("/Type", TYPES), ("/Subtype", SUBTYPES)):
        value = thing.get(key)
        if words := table.get(str(value)) if value is not None else None:
            found.append(words)
    if isinstance(thing, Stream) and "/F" in keys:
        found.append(OUTSIDE)
    return found
