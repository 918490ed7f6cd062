"""The demonstration network: groups and countries as in Endo-ERN's first three years, every hospital invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

CODE = "ENDO"
FULL_MEMBERS, AFFILIATED_PARTNERS = 71, 16
GROUPS = {
    1: "Adrenal",
    2: "Disorders of calcium and phosphate homeostasis",
    3: "Genetic disorders of glucose and insulin homeostasis",
    4: "Genetic endocrine tumour syndromes",
    5: "Growth and genetic obesity syndromes",
    6: "Hypothalamic and pituitary conditions",
    7: "Sex development and maturation",
    8: "Thyroid",
}
SUBGROUPS = {11: (1, "Congenital adrenal hyperplasia"), 12: (1, "Adrenal tumours"), 21: (2, "Pseudohypoparathyroidism")}


@dataclass(frozen=True, slots=True)
class DemoCentre:
    name: str
    city: str
    country: str
    full: bool


# One line per country: "hospital, city" pairs; the hospitals after the bar are affiliated partners.
HOSPITALS = {
    "AT": "Hohensalz University Hospital, Salzburg; Murtal Clinics, Graz; Donaublick Hospital, Linz | Arlen Hospital, Bregenz",
    "BE": "Zennevallei University Hospital, Brussels; Leiebocht Medical Centre, Ghent; Condroz Hospital, Liège; "
    "Scheldemond Hospital, Antwerp",
    "BG": "Vitoshka University Hospital, Sofia | Trakia Clinics, Plovdiv",
    "CZ": "Letenská University Hospital, Prague; Svratka Hospital, Brno | Haná Hospital, Olomouc",
    "DE": "Isarhöhe University Hospital, Munich; Elbwiesen Clinics, Dresden; Spreebogen Hospital, Berlin; Neckartor "
    "University Hospital, Heidelberg; Alsterfleet Hospital, Hamburg; Leinebrück Clinics, Göttingen; Rheinaue Hospital, "
    "Bonn; Saaletal Clinics, Jena; Fördeblick Hospital, Kiel; Illertor Hospital, Ulm",
    "DK": "Rigsåen Hospital, Odense; Kastelhøj Hospital, Copenhagen | Limfjord Clinics, Aalborg",
    "ES": "Turó Blau Hospital, Barcelona; Manzanar University Hospital, Madrid; Albufera Hospital, Valencia; Guadalvega "
    "Hospital, Seville; Ría Clara Hospital, Santiago de Compostela; Moncalar Hospital, Zaragoza | Almijara Clinics, Málaga",
    "FI": "Pyynikki University Hospital, Tampere; Aurajoki Hospital, Turku | Pohjanlahti Hospital, Oulu",
    "FR": "Quai des Tilleuls Hospital, Lyon; Montclair University Hospital, Paris; Hôpital du Vieux Canal, Toulouse; "
    "Garonnelle Hospital, Bordeaux; Erdrelac Hospital, Nantes; Deux Rives Hospital, Strasbourg; Mistralou Hospital, "
    "Marseille; Hautes Landes Hospital, Rennes; Ormeraie Hospital, Lille",
    "GR": "Agios Loukas Hospital, Thessaloniki | Ilissia Nova Clinics, Athens",
    "HU": "Dunapart University Hospital, Budapest; Tiszavirág Clinics, Szeged | Mátraerdő Hospital, Debrecen",
    "IE": "Liffeybank Hospital, Dublin | Leeside Hospital, Cork",
    "IT": "Lambrate Nuova Hospital, Milan; Colle Sereno Hospital, Rome; Pianura University Hospital, Bologna; Arno Vecchio "
    "Hospital, Pisa; Golfo Azzurro Hospital, Naples; Tre Ponti Hospital, Padua; Dora Alta Hospital, Turin; Lanterna "
    "Hospital, Genoa; Monreale Nuovo Hospital, Palermo; Val Chiara Clinics, Siena | Conero Hospital, Ancona",
    "LT": "Neris Clinics, Vilnius | Nemuno Slėnis Hospital, Kaunas",
    "NL": "Maasoever Medical Centre, Utrecht; Rijnsche Hof Medical Centre, Leiden; Amstelzicht Hospital, Amsterdam; "
    "Noorderhaven Hospital, Groningen; Waalkade Hospital, Nijmegen; Rottegat Medical Centre, Rotterdam",
    "NO": "Fjellvik University Hospital, Bergen; Akerholm Hospital, Oslo | Nidarvoll Clinics, Trondheim",
    "PL": "Wiślana University Hospital, Kraków; Praga Nowa Hospital, Warsaw; Odrzański Hospital, Wrocław | Zatoka Clinics, "
    "Gdańsk",
    "PT": "Mondego Novo Hospital, Coimbra; Ribeira Alta Hospital, Porto | Tejo Claro Hospital, Lisbon",
    "SE": "Fyrisvall University Hospital, Uppsala; Götaholm Hospital, Gothenburg; Lundagård Clinics, Lund | Norrälven "
    "Hospital, Umeå",
    "SI": "Tivolska Clinics, Ljubljana | Dravski Breg Hospital, Maribor",
}
NOT_CLEARED = frozenset({"Dravski Breg Hospital"})  # somebody must still ask its data protection officer
ADVOCACY_GROUPS = {
    "AT": "Nebenniere gemeinsam",
    "BE": "Schildklier Samen; Vivre avec la thyroïde",
    "BG": "Rare Hormones Bulgaria",
    "DE": "Netzwerk seltene Hormone; Kleinwuchs Leben",
    "DK": "Binyrefonden Demo",
    "ES": "Raras y Fuertes; Familias HSC",
    "FI": "Harvinaiset Hormonit",
    "FR": "Surrénales Ensemble; Calcium et Compagnie",
    "IT": "Insieme per l'Ipofisi",
    "NL": "Bijniervereniging Demo",
    "PL": "Razem z Rzadkimi",
    "SE": "Sällsynta Hormoner",
}


def centres() -> Iterator[DemoCentre]:
    """All invented hospitals, by country."""
    for country, line in HOSPITALS.items():
        for full, part in zip((True, False), line.split(" | "), strict=False):
            for entry in part.split("; "):
                name, city = entry.rsplit(", ", 1)
                yield DemoCentre(name, city, country, full)
