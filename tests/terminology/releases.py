"""Small releases in the shape of the real files."""

HP_OBO = """format-version: 1.2
data-version: hp/releases/2025-01-16
ontology: hp.obo

[Term]
id: HP:0000001
name: All

[Term]
id: HP:0000118
name: Phenotypic abnormality
is_a: HP:0000001 ! All

[Term]
id: HP:0000853
name: Goiter
alt_id: HP:0009799
def: "An enlargement of the \\"thyroid\\" gland." [DDD:spark]
synonym: "Enlarged thyroid gland in neck" EXACT layperson []
synonym: "Goitre" EXACT uk_spelling []
synonym: "Goitre" RELATED []
xref: SNOMEDCT_US:3716002
xref: UMLS:C0018021
is_a: HP:0000118 ! Phenotypic abnormality

[Term]
id: HP:0005994
name: Nodular goiter
is_a: HP:0000853 ! Goiter

[Term]
id: HP:0006781
name: Hürthle cell thyroid adenoma
is_a: HP:0000118 ! Phenotypic abnormality

[Term]
id: HP:0031797
name: Clinical course
is_a: HP:0000001 ! All

[Term]
id: HP:0003623
name: Neonatal onset
is_a: HP:0031797 ! Clinical course

[Term]
id: HP:0000057
name: obsolete Clitoromegaly
is_obsolete: true
replaced_by: HP:0000853

[Typedef]
id: part_of
name: part of
"""
HPOA = """#description: "HPO annotations"
#version: 2025-01-16
database_id\tdisease_name\tqualifier\thpo_id
OMIM:201910\tAdrenal hyperplasia\t\tHP:0000846
ORPHA:478\tKallmann syndrome\t\tHP:0000458
ORPHA:478\tKallmann syndrome\t\tHP:0000044
ORPHA:90794\tClassic congenital adrenal hyperplasia due to 21-hydroxylase deficiency\t\tHP:0000846
DECIPHER:1\tWolf-Hirschhorn\t\tHP:0000846
"""
GENES = """ncbi_gene_id\tgene_symbol\thpo_id\thpo_name\tfrequency\tdisease_id
1589\tCYP21A2\tHP:0000846\tAdrenal insufficiency\t-\tORPHA:90794
1589\tCYP21A2\tHP:0000127\tRenal salt wasting\t-\tOMIM:201910
4221\tMEN1\tHP:0006781\tHurthle cell thyroid adenoma\t-\tOMIM:131100
203228\tC9orf72\tHP:0002145\tFrontotemporal dementia\t-\tORPHA:275872
5428\tATM\tHP:0001251\tAtaxia\t-\tORPHA:100
999999\t-\tHP:0001251\tAtaxia\t-\tORPHA:100
"""


def lines(text):
    return text.splitlines(keepends=True)
