"""A case as it is read."""

from panels.cases.queries.files import content_of, page_of, pages_of, raw_of
from panels.cases.queries.reading import Outline, case_parts, names_at, outline
from panels.cases.queries.results import Result, Results, result_of, results_of
from panels.cases.queries.trends import Chart, Trend
from panels.cases.queries.words import flag_of, range_words, spoken

__all__ = [
    "Chart",
    "Outline",
    "Result",
    "Results",
    "Trend",
    "case_parts",
    "content_of",
    "flag_of",
    "names_at",
    "outline",
    "page_of",
    "pages_of",
    "range_words",
    "raw_of",
    "result_of",
    "results_of",
    "spoken",
]
