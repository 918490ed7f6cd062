"""A case as it is read."""

from panels.cases.queries.asking import asked_about, lies_ahead
from panels.cases.queries.files import content_of, page_of, pages_of, raw_of
from panels.cases.queries.forms import (
    TRI_STATE,
    Offer,
    analyte_of,
    answer_words,
    answered_forms,
    form_of,
    forms_of,
    is_asked,
    lab_rows_of,
    parsed,
    published_form,
    sources_of,
)
from panels.cases.queries.held import Held, Mark, results_held, room_in, words_in_full
from panels.cases.queries.printing import printed, printed_children, printed_labs
from panels.cases.queries.reading import Outline, allowed, case_parts, names_at, outline
from panels.cases.queries.rectifying import Disputed, disputed, line_words, lines
from panels.cases.queries.results import Result, Results, entry_words, result_of, results_of, taken_now
from panels.cases.queries.trends import Chart, Trend
from panels.cases.queries.words import flag_of, range_words, spoken

__all__ = [
    "TRI_STATE",
    "Chart",
    "Disputed",
    "Held",
    "Mark",
    "Offer",
    "Outline",
    "Result",
    "Results",
    "Trend",
    "allowed",
    "analyte_of",
    "answer_words",
    "answered_forms",
    "asked_about",
    "case_parts",
    "content_of",
    "disputed",
    "entry_words",
    "flag_of",
    "form_of",
    "forms_of",
    "is_asked",
    "lab_rows_of",
    "lies_ahead",
    "line_words",
    "lines",
    "names_at",
    "outline",
    "page_of",
    "pages_of",
    "parsed",
    "printed",
    "printed_children",
    "printed_labs",
    "published_form",
    "range_words",
    "raw_of",
    "result_of",
    "results_held",
    "results_of",
    "room_in",
    "sources_of",
    "spoken",
    "taken_now",
    "words_in_full",
]
