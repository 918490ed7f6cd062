"""No cell of a file that leaves is a formula: read here in every run, and opened by LibreOffice in the campaign."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
import zipfile

import pytest
from openpyxl import load_workbook

from cpms.sheets import RISKY, Unreadable, harmless, rows_of
from tests.campaigns.formulas import FORMULAS, files
from tests.campaigns.report import note

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
OPENED = os.environ.get("CPMS_FORMULAS")
OFFICE = shutil.which("soffice")
SECONDS = 300
FILTER = "--infilter=CSV:44,34,76,1,,0,false,true,false"
"""Comma, double quote, UTF-8, from the first row; text as it is, numbers found, as somebody who opens the file by hand."""


def test_sixty_ways_to_begin_a_formula():
    assert len(FORMULAS) == len(set(FORMULAS)) == 60
    assert all(harmless(text).startswith("'") for text in FORMULAS)


def test_a_table_with_a_nul_far_down_is_refused():
    with pytest.raises(Unreadable):
        list(rows_of(b"a,b\n" * 2000 + b"\x00,b\n", most_columns=2))


def cells_of(file):
    if file.name.endswith(".csv"):
        return [cell for row in csv.reader(io.StringIO(file.data.decode("utf-8-sig"))) for cell in row]
    return [cell for page in load_workbook(io.BytesIO(file.data)) for row in page.iter_rows() for cell in row]


def test_no_column_of_a_file_holds_a_formula():
    for file in files():
        cells = cells_of(file)
        assert len(cells) >= file.texts * file.columns, file.name
        if file.name.endswith(".csv"):
            assert [cell for cell in cells if cell.startswith((*RISKY, "\t", "\r"))] == [], file.name
        else:
            assert {cell.data_type for cell in cells} <= {"s", "n"}
            parts = zipfile.ZipFile(io.BytesIO(file.data))
            assert [name for name in parts.namelist() if b"<f>" in parts.read(name)] == []


@pytest.mark.skipif(not OPENED, reason="a campaign: bin/campaign formulas")
def test_libreoffice_opens_the_files_and_finds_no_formula(tmp_path):
    """Each file is opened and written as LibreOffice understood it; a cell that calculates says so there."""
    if OFFICE is None:
        note("formulas", opened="nothing: LibreOffice Calc is not installed")
        pytest.skip("LibreOffice Calc is not installed")
    assert formulas_in(opened(tmp_path, "control.csv", b'"=1+1","x"\r\n')) == 1  # it would be noticed
    every, cells, found = files(), 0, 0
    for file in every:
        seen = opened(tmp_path, file.name, file.data)
        cells += file.texts * file.columns
        found += formulas_in(seen)
        assert seen.count("<table:table-row") >= file.texts, file.name
    note("formulas", beginnings=len(FORMULAS), files=len(every), cells=cells, formula_cells=found)
    assert found == 0


def opened(folder, name, data):
    (folder / name).write_bytes(data)
    asked = [FILTER] if name.endswith(".csv") else []
    home = f"-env:UserInstallation=file://{folder}/profile"
    command = [OFFICE, home, "--headless", *asked, "--convert-to", "fods", "--outdir", str(folder), str(folder / name)]
    subprocess.run(command, check=True, timeout=SECONDS, capture_output=True)
    return (folder / name).with_suffix(".fods").read_text(encoding="utf-8")


def formulas_in(text):
    return len(re.findall(r"table:formula=", text))
