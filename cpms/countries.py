"""Countries (ISO 3166-1 alpha-2) a centre, a person or a patient can belong to, and languages (ISO 639-1) people speak."""

from __future__ import annotations

EUROPE = {
    "AL": "Albania", "AD": "Andorra", "AM": "Armenia", "AT": "Austria", "AZ": "Azerbaijan", "BY": "Belarus", "BE": "Belgium",
    "BA": "Bosnia and Herzegovina", "BG": "Bulgaria", "HR": "Croatia", "CY": "Cyprus", "CZ": "Czechia", "DK": "Denmark",
    "EE": "Estonia", "FI": "Finland", "FR": "France", "GE": "Georgia", "DE": "Germany", "GR": "Greece", "HU": "Hungary",
    "IS": "Iceland", "IE": "Ireland", "IT": "Italy", "LV": "Latvia", "LI": "Liechtenstein", "LT": "Lithuania",
    "LU": "Luxembourg", "MT": "Malta", "MD": "Moldova", "MC": "Monaco", "ME": "Montenegro", "NL": "Netherlands",
    "MK": "North Macedonia", "NO": "Norway", "PL": "Poland", "PT": "Portugal", "RO": "Romania", "SM": "San Marino",
    "RS": "Serbia", "SK": "Slovakia", "SI": "Slovenia", "ES": "Spain", "SE": "Sweden", "CH": "Switzerland", "TR": "Türkiye",
    "UA": "Ukraine", "GB": "United Kingdom", "XK": "Kosovo",
}  # fmt: skip
ELSEWHERE = {
    "DZ": "Algeria", "AR": "Argentina", "AU": "Australia", "BR": "Brazil", "CA": "Canada", "CL": "Chile", "CN": "China",
    "CO": "Colombia", "EG": "Egypt", "IN": "India", "IR": "Iran", "IQ": "Iraq", "IL": "Israel", "JP": "Japan",
    "JO": "Jordan", "KE": "Kenya", "KW": "Kuwait", "LB": "Lebanon", "LY": "Libya", "MX": "Mexico", "MA": "Morocco",
    "NZ": "New Zealand", "NG": "Nigeria", "PK": "Pakistan", "PE": "Peru", "QA": "Qatar", "SA": "Saudi Arabia",
    "SN": "Senegal", "SG": "Singapore", "ZA": "South Africa", "KR": "South Korea", "SY": "Syria", "TH": "Thailand",
    "TN": "Tunisia", "AE": "United Arab Emirates", "US": "United States", "VN": "Vietnam",
}  # fmt: skip
NAMES = EUROPE | ELSEWHERE
EU_AND_EEA = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IS IE IT LV LI LT LU MT NL NO PL PT RO SK SI ES SE".split()
)
LANGUAGES = {
    "bg": "Bulgarian", "hr": "Croatian", "cs": "Czech", "da": "Danish", "nl": "Dutch", "en": "English", "et": "Estonian",
    "fi": "Finnish", "fr": "French", "de": "German", "el": "Greek", "hu": "Hungarian", "ga": "Irish", "it": "Italian",
    "lv": "Latvian", "lt": "Lithuanian", "mt": "Maltese", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "sk": "Slovak", "sl": "Slovenian", "es": "Spanish", "sv": "Swedish", "uk": "Ukrainian",
}  # fmt: skip


def choices() -> list[tuple[str, str]]:
    """All countries for a select, in the order of their names."""
    return sorted(NAMES.items(), key=lambda pair: pair[1].replace("Ü", "U"))


def name(code: str) -> str:
    """The country's name; a code we do not know is shown as it is, never hidden."""
    return NAMES.get(code, code)


def language(code: str) -> str:
    """The language's name; a code we do not know is shown as it is."""
    return LANGUAGES.get(code, code)
