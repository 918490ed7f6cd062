"""Sentences as clinicians write them, each with one identifier, and sentences with none, in five languages.

Written before the rules of ``cpms.identifiers`` that they measure, by the same hand; names, towns and postcodes come from Faker, whose
lists are longer than ours. ``{f}`` and ``{l}`` are a given name and a family name, ``{L}`` that in capitals, ``{n}`` a number of a
hospital, ``{p}`` a postcode and ``{t}`` a town; what must be marked stands between ``[`` and ``]``.
"""

from __future__ import annotations

import random
from functools import cache

from faker import Faker

from cpms import identifiers as ids

SPOKEN = {"en": "en_GB", "de": "de_DE", "fr": "fr_FR", "es": "es_ES", "it": "it_IT"}

LETTERS: dict[str, dict[str, list[str]]] = {
    "en": {
        "untitled name": [
            "[{f} {l}] has been followed here since infancy.",
            "I reviewed [{f}] in clinic with both parents.",
            "Thank you for seeing [{f} {l}], who presented with salt wasting.",
            "Re: [{l}, {f}]",
            "The brother, [{f}], is unaffected.",
            "We discussed [{f}]'s results with the family.",
            "Seen together with [{f} {l}] from the genetics team.",
            "Her mother ([{f} {l}]) carries the same variant.",
            "GP: [{f} {l}]",
            "[{f} {L}], girl, salt-losing form.",
        ],
        "hospital number": [
            "Hosp no [{n}], referred by the local team.",
            "Our reference [{n}].",
            "Unit number: [{n}]",
            "Case notes [{n}] were reviewed.",
            "NHS no. [{n}]",
            "Chart no. [{n}], second visit.",
            "Lab ID [{n}] for the sample.",
            "File number [{n}]",
        ],
        "postcode": [
            "The family lives in {t}, [{p}].",
            "Home address {t} [{p}].",
            "They moved to [{p}] last year.",
        ],
    },
    "de": {
        "untitled name": [
            "[{f} {l}] ist seit der Geburt bei uns in Betreuung.",
            "Wir sahen [{f}] heute in Begleitung der Eltern.",
            "Vielen Dank für die Überweisung von [{f} {l}] mit Salzverlust.",
            "Betreff: [{l}, {f}]",
            "Der Bruder [{f}] ist gesund.",
            "Bei [{f}] besteht weiterhin ein hoher Renin-Wert.",
            "Besprochen mit [{f} {l}] aus der Humangenetik.",
            "Die Mutter ([{f} {l}]) trägt dieselbe Variante.",
            "Hausarzt: [{f} {l}]",
            "[{f} {L}], Mädchen, Salzverlustform.",
        ],
        "hospital number": [
            "Patienten-ID [{n}], zugewiesen vom Kreiskrankenhaus.",
            "Unser Zeichen [{n}].",
            "Fall-Nr.: [{n}]",
            "Akte Nr. [{n}] lag vor.",
            "PID [{n}]",
            "Archivnummer [{n}], zweiter Besuch.",
            "Labornummer [{n}] der Probe.",
            "Krankenblatt-Nr. [{n}]",
        ],
        "postcode": [
            "Die Familie wohnt in [{p} {t}].",
            "Anschrift: [{p} {t}].",
            "Umzug nach [{p} {t}] im letzten Jahr.",
        ],
    },
    "fr": {
        "untitled name": [
            "[{f} {l}] est suivi chez nous depuis la naissance.",
            "J'ai revu [{f}] en consultation avec ses parents.",
            "Merci de m'avoir adressé [{f} {l}] pour une perte de sel.",
            "Objet : [{l} {f}]",
            "Son frère [{f}] n'est pas atteint.",
            "Les résultats de [{f}] ont été expliqués à la famille.",
            "Vu avec [{f} {l}] de l'équipe de génétique.",
            "Sa mère ([{f} {l}]) porte le même variant.",
            "Médecin traitant : [{f} {l}]",
            "[{L} {f}], fille, forme avec perte de sel.",
        ],
        "hospital number": [
            "Numéro de dossier [{n}], adressée par le centre local.",
            "Nos références : [{n}].",
            "NIP : [{n}]",
            "N° patient [{n}], deuxième visite.",
            "IPP [{n}]",
            "Identifiant patient [{n}].",
            "Dossier médical n° [{n}] relu.",
            "N° de séjour [{n}]",
        ],
        "postcode": [
            "La famille habite [{p} {t}].",
            "Adresse : [{p} {t}].",
            "Ils ont déménagé à [{p} {t}] l'an dernier.",
        ],
    },
    "es": {
        "untitled name": [
            "[{f} {l}] sigue controles con nosotros desde el nacimiento.",
            "He visto a [{f}] en consulta con sus padres.",
            "Gracias por remitir a [{f} {l}] por pérdida salina.",
            "Asunto: [{l}, {f}]",
            "Su hermano [{f}] no está afectado.",
            "Los resultados de [{f}] se explicaron a la familia.",
            "Comentado con [{f} {l}] de genética.",
            "Su madre ([{f} {l}]) es portadora de la misma variante.",
            "Médico de cabecera: [{f} {l}]",
            "[{L}, {f}], niña, forma con pérdida salina.",
        ],
        "hospital number": [
            "Número de historia [{n}], remitida por su hospital.",
            "Nuestra referencia [{n}].",
            "N.º de expediente: [{n}]",
            "HC [{n}], segunda visita.",
            "CIP [{n}]",
            "Nº de paciente [{n}].",
            "Se revisa la historia nº [{n}].",
            "NHC [{n}]",
        ],
        "postcode": [
            "La familia vive en [{p} {t}].",
            "Domicilio: [{p} {t}].",
            "Se mudaron a [{p} {t}] el año pasado.",
        ],
    },
    "it": {
        "untitled name": [
            "[{f} {l}] è seguito presso di noi dalla nascita.",
            "Ho rivisto [{f}] in ambulatorio con i genitori.",
            "Grazie per averci inviato [{f} {l}] per perdita di sali.",
            "Oggetto: [{l} {f}]",
            "Il fratello [{f}] non è affetto.",
            "I risultati di [{f}] sono stati spiegati alla famiglia.",
            "Discusso con [{f} {l}] della genetica.",
            "La madre ([{f} {l}]) porta la stessa variante.",
            "Medico curante: [{f} {l}]",
            "[{L} {f}], bambina, forma con perdita di sali.",
        ],
        "hospital number": [
            "Numero di cartella [{n}], inviata dal centro locale.",
            "Nostro riferimento [{n}].",
            "Nosologico: [{n}]",
            "ID paziente [{n}], seconda visita.",
            "Codice paziente [{n}]",
            "N. cartella [{n}] rivista.",
            "Numero nosologico [{n}].",
            "N° pratica [{n}]",
        ],
        "postcode": [
            "La famiglia abita a [{p} {t}].",
            "Residenza: [{p} {t}].",
            "Si sono trasferiti a [{p} {t}] l'anno scorso.",
        ],
    },
}
CLEAN_LETTERS: dict[str, list[str]] = {
    "en": [
        "Pierre Robin sequence was ruled out; the palate is intact.",
        "McCune-Albright syndrome remains possible given the café-au-lait spots.",
        "She takes 25000 units of vitamin D monthly and Hydrocortone granules.",
        "Carney complex and Cowden syndrome were considered by the London centre.",
        "Short Synacthen test on Monday: peak cortisol 412 nmol/L at 30 minutes.",
        "Charcot-Marie-Tooth disease runs in the paternal line.",
        "The Great Ormond Street protocol was followed; Helsinki criteria not met.",
        "German and Turkish ancestry; parents are first cousins.",
        "Started Crinone, stopped Diane; no reaction to Patent Blue.",
        "Will need a further MRI in May or June, and the Wilson score repeated.",
        "Grace period for the pump ended; battery type AA 3V2, lot B12 4XY.",
        "White cell count 11200, platelets 250000, ferritin 18.",
    ],
    "de": [
        "Die Pierre-Robin-Sequenz wurde ausgeschlossen, der Gaumen ist intakt.",
        "Hashimoto Thyreoiditis und Diabetes Mellitus Typ 1 seit 2019.",
        "Sie erhält 20000 Einheiten Vitamin D im Monat, Leukozyten 11200, Thrombozyten 250000.",
        "Schwere Salzverlustkrise im Mai 2022, Intensivstation der Charité Berlin.",
        "Kurzer Synacthen Test am Montag: Cortisol maximal 412 nmol/l nach 30 Minuten.",
        "Das Charcot-Marie-Tooth-Syndrom kommt väterlicherseits vor.",
        "Mutter Hypothyreose, Vater Bluthochdruck, Großmutter Osteoporose.",
        "Deutsche Gesellschaft für Endokrinologie, Leitlinie 2023, Seite 12.",
        "Therapie mit Hydrocortison Galen und Astonin H unverändert.",
        "Bayerisches Neugeborenenscreening unauffällig, Heidelberg hat bestätigt.",
        "Rosa Hautkolorit, Franke Schnitt nicht nötig, Ernst der Lage besprochen.",
        "Nach Tanner Stadium B3, Prader Grad IV bei Geburt.",
    ],
    "fr": [
        "La séquence de Pierre Robin est écartée, le palais est intact.",
        "Un syndrome de McCune-Albright reste possible.",
        "Elle reçoit 20000 unités de vitamine D par mois et du Florinef.",
        "Le centre de Lyon évoque un complexe de Carney.",
        "Test au Synacthène lundi : cortisol maximal 412 nmol/L à 30 minutes.",
        "La maladie de Charcot-Marie-Tooth existe du côté paternel.",
        "Aspect claire de la lésion, pierre vésiculaire sans retentissement.",
        "Origine turque et allemande, parents cousins germains.",
        "Relais par Hydrocortisone Roussel, arrêt de Diane.",
        "IRM prévue en mai ou juin à l'hôpital Robert-Debré.",
        "Leucocytes 11200, plaquettes 250000, ferritine 18.",
        "Selon Prader stade IV à la naissance, Tanner S3.",
    ],
    "es": [
        "Se descarta la secuencia de Pierre Robin; paladar íntegro.",
        "El síndrome de McCune-Albright sigue siendo posible.",
        "Recibe 20000 unidades de vitamina D al mes e Hidroaltesona.",
        "El centro de Barcelona plantea un complejo de Carney.",
        "Dolores abdominales y vómitos; sin consuelo con analgesia.",
        "La enfermedad de Charcot-Marie-Tooth está en la rama paterna.",
        "Prueba de Synacthen el lunes: cortisol máximo 412 nmol/L.",
        "Ascendencia turca y alemana; padres primos hermanos.",
        "Rosa pálido de la piel, sin hiperpigmentación; cruz renal izquierda libre.",
        "RM en mayo o junio en el hospital La Paz de Madrid.",
        "Leucocitos 11200, plaquetas 250000, ferritina 18.",
        "Prader IV al nacimiento, Tanner S3.",
    ],
    "it": [
        "Esclusa la sequenza di Pierre Robin; palato integro.",
        "La sindrome di McCune-Albright resta possibile.",
        "Assume 20000 unità di vitamina D al mese e Florinef.",
        "Il centro di Milano ipotizza un complesso di Carney.",
        "Chiara familiarità per ipertensione; franca iperpigmentazione.",
        "La malattia di Charcot-Marie-Tooth è nel ramo paterno.",
        "Test al Synacthen lunedì: cortisolo massimo 412 nmol/L.",
        "Origine turca e tedesca; genitori cugini primi.",
        "Rosa la cute, stella vascolare al volto, serena la bambina.",
        "RM a maggio o giugno al Bambino Gesù di Roma.",
        "Leucociti 11200, piastrine 250000, ferritina 18.",
        "Prader IV alla nascita, Tanner S3.",
    ],
}


@cache
def found_in_letters(times: int) -> dict[tuple[str, str], tuple[int, int]]:
    """Marked and written, by language and kind; each sentence so many times, with another name, number or town in it."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for language, kinds in LETTERS.items():
        people, dice = Faker(SPOKEN[language]), random.Random(4)
        people.seed_instance(4)
        for kind, sentences in kinds.items():
            hits = [is_marked(filled(one, people, dice)) for one in sentences for _ in range(times)]
            found[language, kind] = (sum(hits), len(hits))
    return found


def filled(sentence: str, people: Faker, dice: random.Random) -> str:
    last, number = people.last_name(), f"{dice.choice(['', 'K', 'A-', 'H/'])}{dice.randint(10_000, 9_999_999)}"
    where = {"p": people.postcode(), "t": people.city()}
    return sentence.format(f=people.first_name(), l=last, L=last.upper(), n=number, **where)


def is_marked(said: str) -> bool:
    start, end = said.index("["), said.index("]") - 1
    marks = ids.marks(said.replace("[", "").replace("]", ""))
    return any(mark.start < end and mark.end > start for mark in marks)


def alarms_in_letters() -> dict[str, tuple[int, int]]:
    """Marks and clean sentences, by language."""
    return {one: (sum(len(ids.marks(text)) for text in said), len(said)) for one, said in CLEAN_LETTERS.items()}
