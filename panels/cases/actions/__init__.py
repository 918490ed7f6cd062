"""Everything that changes a case."""

from panels.cases.actions.copying import confirm_copy, copy_case, copy_files
from panels.cases.actions.editing import (
    Correction,
    add_diagnosis,
    add_findings,
    add_labs,
    correct_case,
    give_sight,
    start_case,
    take_sight,
)
from panels.cases.actions.exporting import export_phenopacket
from panels.cases.actions.files import add_file, clean_file, remove_file, show_files, take_out_file
from panels.cases.actions.forgetting import forget_rows
from panels.cases.actions.forms import answer_form, publish_case_form, save_case_form
from panels.cases.actions.importing import add_read_lines, import_phenopacket, take_read_case, unplaced
from panels.cases.actions.ranges import end_range, set_range
from panels.cases.actions.rectifying import rectify

__all__ = [
    "Correction",
    "add_diagnosis",
    "add_file",
    "add_findings",
    "add_labs",
    "add_read_lines",
    "answer_form",
    "clean_file",
    "confirm_copy",
    "copy_case",
    "copy_files",
    "correct_case",
    "end_range",
    "export_phenopacket",
    "forget_rows",
    "give_sight",
    "import_phenopacket",
    "publish_case_form",
    "rectify",
    "remove_file",
    "save_case_form",
    "set_range",
    "show_files",
    "start_case",
    "take_out_file",
    "take_read_case",
    "take_sight",
    "unplaced",
]
