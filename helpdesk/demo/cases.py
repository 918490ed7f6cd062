"""The invented cases of ``cases/``: which group each belongs to, and what is asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from panels.states import Urgency

FOLDER = Path(__file__).with_name("cases")


@dataclass(frozen=True, slots=True)
class DemoCase:
    """``file`` is the phenopacket's name without ``.json``; ``group`` the thematic group's number."""

    file: str
    group: int
    title: str
    question: str
    summary: str
    urgency: Urgency = Urgency.ROUTINE

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.file}.json"


CASES = (
    DemoCase(
        "adrenal-21-hydroxylase",
        1,
        "Salt-wasting 21-hydroxylase deficiency, androgens not controlled",
        "17-hydroxyprogesterone, androstenedione and renin stay high on 16 mg/m² of hydrocortisone and 75 µg of fludrocortisone, "
        "and bone age runs three years ahead. Would you raise the doses, change their timing, or add another treatment?",
        "Girl of four and a half years, diagnosed at two weeks with a salt-losing crisis. Growth accelerates; pubic hair since "
        "three months. The family gives the tablets crushed, the evening dose at 20:00.",
        Urgency.SOON,
    ),
    DemoCase(
        "calcium-pseudohypoparathyroidism-1a",
        2,
        "Pseudohypoparathyroidism 1A with seizures",
        "Calcium stays below 1.9 mmol/L and phosphate high on calcitriol and calcium carbonate. Which targets do you aim at, and "
        "should growth hormone be tested at 11 years?",
        "Boy of eleven with short stature, obesity, subcutaneous ossifications and hypothyroidism found at fourteen months. First "
        "hypocalcaemic seizure at nine years. No calcifications in the kidneys or the basal ganglia.",
        Urgency.SOON,
    ),
    DemoCase(
        "calcium-x-linked-hypophosphataemia",
        2,
        "X-linked hypophosphataemia, phosphate and alfacalcidol not enough",
        "After sixteen months of phosphate and alfacalcidol the legs bow further, and parathyroid hormone begins to rise. Would "
        "you change to burosumab now, and what would you want to know before?",
        "Girl of three years, rickets at 22 months, dental abscess two months ago without a fall. The mother is 150 cm tall.",
    ),
    DemoCase(
        "glucose-mody-hnf1a",
        3,
        "Diabetes by a change in HNF1A: from insulin to a sulfonylurea?",
        "Can insulin be stopped at once and gliclazide be started, at which dose, and how should the first weeks be watched?",
        "Girl of sixteen, lean, on 14 units of insulin glargine since diagnosis. Antibodies negative, C-peptide preserved, "
        "high-sensitivity CRP very low. Her mother and grandfather have diabetes.",
    ),
    DemoCase(
        "glucose-hyperinsulinism-hyperammonaemia",
        3,
        "Hyperinsulinism with high ammonia, seizures after meals",
        "Glucose is stable on diazoxide, ammonia is not. Should ammonia be treated at all, and how do you tell hypoglycaemic "
        "seizures from epilepsy here?",
        "Boy of nine months, first seizures at six months an hour after yoghurt. Normal birth weight and development.",
        Urgency.URGENT,
    ),
    DemoCase(
        "tumours-men1",
        4,
        "MEN1: a pancreatic tumour that grows, and hypercalcaemia",
        "Which comes first: parathyroid surgery, and of how many glands, or the tumour of the pancreatic tail, now 17 mm? Would "
        "you operate on it or watch?",
        "Woman of 34 with kidney stones, a prolactinoma controlled by cabergoline, and a pancreatic tumour without symptoms that "
        "grew by 5 mm in a year. She wishes to become pregnant.",
    ),
    DemoCase(
        "tumours-paraganglioma-sdhb",
        4,
        "Abdominal paraganglioma with a change in SDHB in a boy of fifteen",
        "Is functional imaging needed before surgery, which tracer, and how long should he be prepared with doxazosin? Who in "
        "the network operates on such tumours in adolescents?",
        "Boy of fifteen with attacks of headache, sweating and palpitations for a year and a mass of 41 mm beside the aorta. An "
        "uncle died during an operation.",
        Urgency.URGENT,
    ),
    DemoCase(
        "growth-obesity-pomc",
        5,
        "Severe early obesity with secondary adrenal insufficiency",
        "Is setmelanotide possible at three years, where is it given, and how is cortisol replaced without adding to weight?",
        "Boy of three years with red hair, neonatal hypoglycaemia and jaundice, low ACTH and cortisol. Hunger cannot be stilled "
        "since four months of age. Parents are cousins.",
    ),
    DemoCase(
        "pituitary-craniopharyngioma",
        6,
        "Weight gain and hypernatraemia after surgery of a craniopharyngioma",
        "How do you manage desmopressin in a boy who does not feel thirst, when may growth hormone start, and what helps against "
        "hypothalamic obesity?",
        "Boy of nine years, operated nine months ago through the nose, remnant beside the hypothalamus. Eleven kilograms gained "
        "since. Vision is stable.",
    ),
    DemoCase(
        "pituitary-kallmann",
        6,
        "Kallmann syndrome: testosterone first, or gonadotropins?",
        "He asks about fertility. Would you induce puberty with FSH and hCG instead of testosterone, with bilateral cryptorchidism "
        "operated at six years and a low inhibin B?",
        "Young man of seventeen without sense of smell, one kidney, mirror movements. Testes of 2 mL.",
    ),
    DemoCase(
        "sex-development-androgen-insensitivity",
        7,
        "Complete androgen insensitivity: whether and when to remove the gonads",
        "She wants to keep her gonads if that is safe. How do you follow them, how often and with what, and what do you tell about "
        "the risk of a tumour?",
        "Young woman of sixteen who came because menstruation had not started. Hernia repair at four years, gonads left in the "
        "abdomen. She and her parents have been told everything and have spoken with a psychologist.",
    ),
    DemoCase(
        "thyroid-hormone-resistance-beta",
        8,
        "High thyroid hormones with a normal TSH in a girl of eight",
        "Is this resistance to thyroid hormone, although the variant was not reported with this phenotype in her family? What "
        "would you test in the parents, and would you treat the tachycardia?",
        "Girl of eight with a goitre since five years and attention deficit; she was given carbimazole for two months elsewhere "
        "and became worse.",
    ),
)
