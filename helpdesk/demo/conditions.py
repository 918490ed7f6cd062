"""Conditions and findings per thematic group, by code and name as the terminology has them."""

from __future__ import annotations

from dataclasses import dataclass

from cpms.patients.states import Sex


@dataclass(frozen=True, slots=True)
class Topic:
    """What a group of the archive sees: how many panels, which conditions, which findings."""

    panels: int
    conditions: tuple[tuple[str, str], ...]
    findings: tuple[tuple[str, str], ...]


TOPICS = {
    1: Topic(
        14,
        (
            ("ORPHA:90794", "Classic congenital adrenal hyperplasia due to 21-hydroxylase deficiency"),
            ("ORPHA:361", "Familial glucocorticoid deficiency"),
            ("ORPHA:189427", "Cushing syndrome due to bilateral macronodular adrenocortical disease"),
            ("ORPHA:95702", "X-linked adrenal hypoplasia congenita"),
        ),
        (("HP:0000846", "Adrenal insufficiency"), ("HP:0000822", "Hypertension"), ("HP:0001943", "Hypoglycemia")),
    ),
    2: Topic(
        24,
        (
            ("ORPHA:89936", "X-linked hypophosphatemia"),
            ("ORPHA:79443", "Pseudohypoparathyroidism type 1A"),
            ("ORPHA:2238", "Familial isolated hypoparathyroidism"),
            ("ORPHA:436", "Hypophosphatasia"),
            ("ORPHA:428", "Autosomal dominant hypocalcemia"),
        ),
        (("HP:0002901", "Hypocalcemia"), ("HP:0004322", "Short stature"), ("HP:0000121", "Nephrocalcinosis")),
    ),
    3: Topic(
        7,
        (
            ("ORPHA:552", "MODY"),
            ("ORPHA:3463", "Wolfram syndrome"),
            ("ORPHA:99885", "Isolated permanent neonatal diabetes mellitus"),
        ),
        (("HP:0003074", "Hyperglycemia"), ("HP:0001943", "Hypoglycemia"), ("HP:0000365", "Hearing impairment")),
    ),
    4: Topic(
        9,
        (
            ("ORPHA:652", "Multiple endocrine neoplasia type 1"),
            ("ORPHA:29072", "Hereditary pheochromocytoma-paraganglioma"),
            ("ORPHA:892", "Von Hippel-Lindau disease"),
        ),
        (("HP:0003072", "Hypercalcemia"), ("HP:0000822", "Hypertension"), ("HP:0002315", "Headache")),
    ),
    5: Topic(
        8,
        (
            ("ORPHA:739", "Prader-Willi syndrome"),
            ("ORPHA:813", "Silver-Russell syndrome"),
            ("ORPHA:71529", "Obesity due to melanocortin 4 receptor deficiency"),
        ),
        (("HP:0004322", "Short stature"), ("HP:0001513", "Obesity"), ("HP:0002591", "Polyphagia")),
    ),
    6: Topic(
        12,
        (
            ("ORPHA:54595", "Craniopharyngioma"),
            ("ORPHA:478", "Kallmann syndrome"),
            ("ORPHA:95496", "Pituitary stalk interruption syndrome"),
            ("ORPHA:3157", "Septo-optic dysplasia spectrum"),
        ),
        (("HP:0000823", "Delayed puberty"), ("HP:0011787", "Central hypothyroidism"), ("HP:0004322", "Short stature")),
    ),
    7: Topic(
        9,
        (
            ("ORPHA:99429", "Complete androgen insensitivity syndrome"),
            ("ORPHA:881", "Turner syndrome"),
            ("ORPHA:251510", "46,XY partial gonadal dysgenesis"),
        ),
        (("HP:0000823", "Delayed puberty"), ("HP:0004322", "Short stature"), ("HP:0000822", "Hypertension")),
    ),
    8: Topic(
        6,
        (
            ("ORPHA:566243", "Resistance to thyroid hormone due to a mutation in thyroid hormone receptor beta"),
            ("ORPHA:705", "Pendred syndrome"),
            ("ORPHA:1332", "Medullary thyroid carcinoma"),
        ),
        (("HP:0000853", "Goiter"), ("HP:0001649", "Tachycardia"), ("HP:0000821", "Hypothyroidism")),
    ),
}
ONLY_IN = {"ORPHA:881": Sex.FEMALE, "ORPHA:99429": Sex.FEMALE, "ORPHA:95702": Sex.MALE}  # as registered at birth
QUESTIONS = (
    "The usual treatment is not enough. What would you try next, and how would you follow its effect?",
    "The genetic test did not explain the whole picture. Which diagnosis should we think of besides {name}?",
    "When is surgery better than waiting here, and who has experience with it?",
    "How do you move such a patient from paediatric to adult care without losing control of the treatment?",
    "Which tests would you repeat every year, and which can we leave out?",
    "The family moves to another country. Who can take over, and what should the next team know first?",
)
ADVICE = {
    "diagnosis": "The age at onset and the first results fit. I would look at the neighbouring genes and at mosaicism before letting go.",
    "test": "Repeat the results in the morning and fasting, together with the ratio in urine, before anything is changed.",
    "treatment": "We start with half the dose and raise it every four weeks, aiming at the lower third of the range for age.",
    "referral": "Please show the patient to a centre that has done more than ten of these operations; we can help to arrange it.",
    "follow_up": "See the patient every three months in the first year, then twice a year, with an ultrasound of the kidneys once a year.",
    "need_data": "Growth curve, bone age and the parents' heights are missing. I can say more with them.",
}
CONCLUSION = (
    "The panel agrees on {name} as the working diagnosis. Treatment is adapted as listed below, and the case is looked at again "
    "after twelve months."
)
