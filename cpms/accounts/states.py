"""The 24 European Reference Networks as the European Commission names them, and how long a change of address waits. No queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KnownNetwork:
    """``code`` prefixes panel numbers; ``topic`` completes "European Reference Network on …"."""

    code: str
    name: str
    topic: str


NETWORKS = (
    KnownNetwork("BOND", "ERN BOND", "bone disorders"),
    KnownNetwork("CRANIO", "ERN CRANIO", "craniofacial anomalies and ear, nose and throat (ENT) disorders"),
    KnownNetwork("ENDO", "Endo-ERN", "endocrine conditions"),
    KnownNetwork("EPICARE", "ERN EpiCARE", "epilepsies"),
    KnownNetwork("ERKNET", "ERKNet", "kidney diseases"),
    KnownNetwork("RND", "ERN-RND", "neurological diseases"),
    KnownNetwork("ERNICA", "ERNICA", "inherited and congenital anomalies"),
    KnownNetwork("LUNG", "ERN-LUNG", "respiratory diseases"),
    KnownNetwork("SKIN", "ERN Skin", "skin disorders"),
    KnownNetwork("EURACAN", "ERN EURACAN", "adult cancers (solid tumours)"),
    KnownNetwork("EUROBLOOD", "ERN-EuroBloodNet", "haematological diseases"),
    KnownNetwork("EUROGEN", "ERN eUROGEN", "urogenital diseases and conditions"),
    KnownNetwork("NMD", "ERN EURO-NMD", "neuromuscular diseases"),
    KnownNetwork("EYE", "ERN-EYE", "eye diseases"),
    KnownNetwork("GENTURIS", "ERN GENTURIS", "genetic tumour risk syndromes"),
    KnownNetwork("HEART", "ERN GUARD-Heart", "diseases of the heart"),
    KnownNetwork("ITHACA", "ERN ITHACA", "congenital malformations and rare intellectual disability"),
    KnownNetwork("METAB", "MetabERN", "hereditary metabolic disorders"),
    KnownNetwork("PAEDCAN", "ERN PaedCan", "paediatric cancer (haemato-oncology)"),
    KnownNetwork("LIVER", "ERN RARE-LIVER", "hepatological diseases"),
    KnownNetwork("RECONNET", "ERN ReCONNET", "connective tissue and musculoskeletal diseases"),
    KnownNetwork("RITA", "ERN RITA", "immunodeficiency, autoinflammatory and autoimmune diseases"),
    KnownNetwork("TRANSPLANT", "ERN TRANSPLANT-CHILD", "transplantation in children"),
    KnownNetwork("VASCERN", "VASCERN", "multisystemic vascular diseases"),
)

FREED = "@freed.invalid"
"""Ends what stands for the address of an account that gave its own up: no mail can ever go there (RFC 2606)."""
ANSWER_ADDRESS = "accounts.answer_address"
NEW_ADDRESS, NEW_ADDRESS_GOOD_FOR = "new address", dt.timedelta(hours=24)
"""A new address waits so long for its owner to open the link that was mailed to it."""
