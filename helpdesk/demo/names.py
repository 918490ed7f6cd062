"""Given names and surnames per country, put together at will: whoever comes out of it is invented."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterator

POOLS = {
    "AT": "Johanna Lukas Theresa Florian Magdalena Stefan|Grabner Leitgeb Pichlhöfer Rauchegger Steinwendtner Tatzreiter",
    "BE": "Lotte Pieter Margaux Benoît Femke Olivier|Claeyssens Vandervoorde Lambrechtsen Delhoux Wautersen Peetermans",
    "BG": "Desislava Kaloyan Ralitsa Plamen Yoana Stoyan|Dimchevska Gerganov Hristozova Marinchev Radulova Todorinov",
    "CZ": "Tereza Ondřej Lenka Matěj Kateřina Radek|Havlenková Brožík Jelínčeková Kubišta Paličková Souček-Malý",
    "DE": "Friederike Tobias Annika Matthias Henrike Sebastian|Brückenhaus Ehrlingen Kaltofer Mohrbach Sandvoß Wiesenthaler",
    "DK": "Freja Rasmus Signe Mathias Ingrid Kasper|Birkholm Damsgård-Lund Hedelykke Kjærgård Nørremark Iversen-Holm",
    "ES": "Lucía Álvaro Carmen Javier Nuria Francesc|Arteaga-Sanz Bermejal Castroverde Iturraldi Montseny Puigdomènech",
    "FI": "Aino Eero Kaisa Ville Sanna Juhani|Hakkaranta Järvikoski Koskivuori Lahdenmäki Niemistö Salokangas",
    "FR": "Camille Antoine Juliette Mathieu Solenne Guillaume|Bellerive Charpentreau Desmoulières Fontenaille Rochebrune Vasseureau",
    "GR": "Eleni Georgios Katerina Dimitris Sofia Nikos|Anagnostaki Iliopoulos Karathanou Papamichalis Stavridaki Vlachonis",
    "HU": "Zsófia Gergely Réka Bence Eszter Márton|Baloghváry Csikósdi Halmosi Kerekesné Pálfalvi Szentirmay",
    "IE": "Niamh Cormac Saoirse Eoin Gráinne Declan|Brannaghan Cullinane-Daly Fitzhenry Ó'Loinsigh Rafterigh Tiernan-Walsh",
    "IT": "Chiara Lorenzo Ginevra Matteo Beatrice Tommaso|Altobelli Casagrandi Ferravanti Montefiori Pellegrineschi Vallescura",
    "LT": "Ieva Mantas Eglė Tomas Austėja Paulius|Banevičienė Gintautaitė Jurkėnas Mažeikytė Norvilas Stankutė",
    "NL": "Sanne Joris Marieke Bas Floor Ruben|van Achterbos Brinkhorster de Klerksma Hoogendijker Oosterwold Vredevelt",
    "NO": "Ingvild Henrik Marit Sondre Solveig Eirik|Bakkenes Fossdalen Granheim Lundevik Nordskog Strandvoll",
    "PL": "Agnieszka Bartosz Hanna Krzysztof Magda Paweł|Brzezińska-Lis Czarnomska Jaworowicz Kwiatosz Mazurkiewska Zielonko",
    "PT": "Inês João Mariana Tiago Leonor Rui|Alvarenga Campelo-Reis Figueiral Lourinhã Sequeirais Vasconcelos-Amaral",
    "SE": "Elsa Viktor Linnea Gustav Maja Anton|Ahlqvarn Bergströmer Ekholmen Hallingdal Sjödahlin Westerlunda",
    "SI": "Nika Matej Maja Rok Tina Gašper|Bregarčič Dolinšek-Kos Hribarnik Jereb-Novak Podlogar Zupanšek",
}
TITLES = ("Dr", "Dr", "Dr", "Prof.", "Dr")
SPECIALTIES = (
    "Endocrinologist",
    "Paediatric endocrinologist",
    "Clinical geneticist",
    "Endocrine surgeon",
    "Specialist in metabolic bone disease",
    "Diabetologist",
)


def people_of(country: str) -> Iterator[str]:
    """Names with a title: every combination once (36 per country), well mixed."""
    given, _, family = POOLS[country].partition("|")
    first, last = given.split(), _surnames(family)
    for step, number in itertools.product(range(len(last)), range(len(first))):
        title = TITLES[(step + number) % len(TITLES)]
        yield f"{title} {first[number]} {last[(number + step) % len(last)]}"


def _surnames(text: str) -> list[str]:
    """Split at spaces, but not inside ``van Achterbos`` and ``de Klerksma``."""
    words: list[str] = []
    for word in text.split():
        if words and words[-1] in ("van", "de"):
            words[-1] += f" {word}"
        else:
            words.append(word)
    return words


def address(name: str, number: int) -> str:
    """An address under ``.example``, where no mail can ever go."""
    plain = unicodedata.normalize("NFKD", name.split(" ", 1)[1]).replace("ł", "l").replace("ø", "o").replace("ß", "ss")
    letters = "".join(letter for letter in plain.lower().replace(" ", ".") if letter.isascii() and letter in ALLOWED)
    return f"{letters}.{number}@demo.example"


ALLOWED = frozenset("abcdefghijklmnopqrstuvwxyz.-")
