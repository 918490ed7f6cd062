"""Names, search, the tree, and what a text mentions."""

from cpms.terminology.queries.finding import (
    Acknowledgement,
    Hit,
    Meaning,
    acknowledgements,
    alike,
    codes_meant,
    conditions_meant,
    loaded_version,
    meant_and_called,
    name_of,
    names_of,
    search,
)
from cpms.terminology.queries.genes import gene_like, genes, suggested_genes
from cpms.terminology.queries.labels import Called, conditions_called
from cpms.terminology.queries.mentions import Mention, mentioned
from cpms.terminology.queries.tree import Node, Relatives, below, count_in_branches, relatives_of

__all__ = [
    "Acknowledgement",
    "Called",
    "Hit",
    "Meaning",
    "Mention",
    "Node",
    "Relatives",
    "acknowledgements",
    "alike",
    "below",
    "codes_meant",
    "conditions_called",
    "conditions_meant",
    "count_in_branches",
    "gene_like",
    "genes",
    "loaded_version",
    "meant_and_called",
    "mentioned",
    "name_of",
    "names_of",
    "relatives_of",
    "search",
    "suggested_genes",
]
