"""What kind of change a variant is, in words that people say. What is kept stays as it was sent."""

from __future__ import annotations

import re

CLASSES = {
    "chromosomal_deletion": "deletion of a part of a chromosome",
    "chromosomal_duplication": "duplication of a part of a chromosome",
    "chromosomal_inversion": "inversion of a part of a chromosome",
    "chromosomal_translocation": "translocation between chromosomes",
    "chromosomal_transposition": "transposition within or between chromosomes",
    "chromosome_structure_variation": "change in the structure of a chromosome",
    "chromosome_number_variation": "change in the number of chromosomes",
    "complex_chromosomal_rearrangement": "complex rearrangement of chromosomes",
    "complex_structural_alteration": "complex structural change",
    "structural_variant": "structural change",
    "structural_alteration": "structural change",
    "copy_number_variation": "change in the number of copies",
    "copy_number_change": "change in the number of copies",
    "copy_number_gain": "more copies than usual",
    "copy_number_loss": "fewer copies than usual",
    "tandem_duplication": "duplication side by side",
    "interchromosomal_translocation": "translocation between chromosomes",
    "intrachromosomal_translocation": "translocation within a chromosome",
    "reciprocal_chromosomal_translocation": "reciprocal translocation between chromosomes",
    "Robertsonian_fusion": "Robertsonian translocation",
    "ring_chromosome": "ring chromosome",
    "mobile_element_insertion": "insertion of a mobile element",
    "mobile_element_deletion": "deletion of a mobile element",
    "short_tandem_repeat_variation": "change in the length of a short repeat",
    "short_tandem_repeat_expansion": "longer short repeat than usual",
    "loss_of_heterozygosity": "loss of heterozygosity",
    "sequence_alteration": "change of the sequence",
    "sequence_variant": "change of the sequence",
    "transcript_ablation": "loss of the whole transcript",
    "transcript_amplification": "more copies of the transcript",
    "exon_loss_variant": "loss of an exon",
    "gene_fusion": "fusion of two genes",
    "feature_fusion": "fusion of two genes",
    "frameshift_variant": "shift of the reading frame",
    "stop_gained": "new stop codon",
    "missense_variant": "exchange of an amino acid",
    "splice_site_variant": "change at a splice site",
    "upstream_gene_variant": "change before the gene",
    "2KB_upstream_variant": "change within 2,000 bases before the gene",
    "5KB_upstream_variant": "change within 5,000 bases before the gene",
    "downstream_gene_variant": "change behind the gene",
}
"""By the names of the Sequence Ontology, from which the GA4GH schema takes its ``structuralType``. Names of one word are said as
they are (deletion, inversion), and no name that the ontology lacks is guessed at."""
NAME = re.compile(rf"(?<![\w:./-])(?:{'|'.join(CLASSES)})(?![\w:./-])")


def class_words(text: str) -> str:
    """``chromosomal_deletion`` is said "deletion of a part of a chromosome"; every other word stands as it is."""
    return NAME.sub(lambda found: CLASSES[found[0]], text)
