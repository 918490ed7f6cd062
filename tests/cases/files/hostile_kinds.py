"""Hostile pictures, files of other kinds, files that are two kinds at once, and hostile names."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from tests.cases.files.making import TOKEN, Sample, chunk, document, drawing, jpeg, png, raw_png, saved

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


def place():
    """Camera notes with the place where the picture was taken."""
    notes = drawing().getexif()
    notes[0x010E] = notes[0x9286] = TOKEN
    notes.get_ifd(0x8825)[29] = TOKEN
    notes.get_ifd(0x8825).update({1: "N", 2: (61.0, 29.0, 53.0)})
    return notes


def pictures() -> Iterator[Sample]:
    whole_png, whole_jpeg = png(), jpeg()
    for part in (0.02, 0.2, 0.5, 0.8):
        yield Sample(f"png cut at {part}", "scan.png", whole_png[: int(len(whole_png) * part)])
        yield Sample(f"jpeg cut at {part}", "scan.jpg", whole_jpeg[: int(len(whole_jpeg) * part)])
    yield Sample("png of no width", "scan.png", raw_png(0, 10))
    yield Sample("png without pixels", "scan.png", b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""))
    yield Sample("png of an unknown colour", "scan.png", raw_png(10, 10, colour=5))
    yield Sample("jpeg place", "scan.jpg", jpeg(exif=place()))
    yield Sample("png place", "scan.png", png(exif=place()))
    yield Sample("jpeg comment", "scan.jpg", jpeg(comment=TOKEN.encode()))
    yield Sample("jpeg profile", "scan.jpg", jpeg(icc_profile=b"\0" * 128 + TOKEN.encode()))
    yield Sample("jpeg xmp", "scan.jpg", jpeg(xmp=f"<x>{TOKEN}</x>".encode()))
    yield Sample("png text", "scan.png", raw_png(4, 4, chunk(b"tEXt", b"Author\0" + TOKEN.encode())))
    yield Sample("png international text", "scan.png", raw_png(4, 4, chunk(b"iTXt", b"A\0\0\0\0\0" + TOKEN.encode())))
    yield Sample("png private chunk", "scan.png", raw_png(4, 4, chunk(b"prVt", TOKEN.encode())))
    frames = [drawing(), drawing().rotate(180)]
    yield Sample("png that moves", "scan.png", saved(frames[0], "PNG", save_all=True, append_images=frames[1:]))
    yield Sample("eicar in a text chunk", "scan.png", raw_png(4, 4, chunk(b"tEXt", b"C\0" + EICAR)))


def zipped() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(f"{TOKEN}.txt", TOKEN)
    return written.getvalue()


def other_kinds() -> Iterator[Sample]:
    """What is none of the three kinds, under its own name and under one of ours."""
    plain = {
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "html": b"<!doctype html><script>alert(1)</script>",
        "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n(x) run",
        "gif": saved(drawing("P"), "GIF"),
        "bmp": saved(drawing(), "BMP"),
        "tif": saved(drawing(), "TIFF"),
        "ico": saved(drawing(), "ICO"),
        "docx": zipped(),
        "exe": b"MZ" + bytes(64) + b"PE\0\0",
        "elf": b"\x7fELF" + bytes(60),
        "sh": b"#!/bin/sh\necho x\n",
        "php": b"<?php system('id'); ?>",
        "txt": EICAR,
        "xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        "dcm": bytes(128) + b"DICM" + bytes(64),
        "empty": b"",
    }
    for ending, data in plain.items():
        yield Sample(f"{ending} as itself", f"file.{ending}", data)
        for ours in ("pdf", "jpg", "png"):
            yield Sample(f"{ending} as {ours}", f"file.{ours}", data)


def polyglots() -> Iterator[Sample]:
    for words, more in (
        ("zip", zipped()),
        ("html", f"<script>{TOKEN}</script>".encode()),
        ("exe", b"MZ" + TOKEN.encode()),
        ("eicar", EICAR + TOKEN.encode()),
        ("pdf", document(lambda pdf: pdf.docinfo.update({"/Author": TOKEN}))),
    ):
        yield Sample(f"jpeg and then {words}", "scan.jpg", jpeg() + more)
        yield Sample(f"png and then {words}", "scan.png", png() + more)
        yield Sample(f"pdf and then {words}", "letter.pdf", document() + more)
        yield Sample(f"{words} and then pdf", "letter.pdf", (more if words != "pdf" else b"GIF89a") + document())
    for kind, data in (("pdf", document()), ("jpg", jpeg()), ("png", png())):
        for claimed in {"pdf", "jpg", "png"} - {kind}:
            yield Sample(f"{kind} named {claimed}", f"file.{claimed}", data)


def names() -> Iterator[Sample]:
    for name in (
        "scan.png.exe",
        "scan.png\u202egpj.exe",
        "scan",
        "scan.png\0.exe",
        "scan.svg",
        ".png.html",
        "scan.png/../x.php",
    ):
        yield Sample(f"name {name!r}", name, png())
