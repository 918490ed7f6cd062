"""How old the patient of a case is by now, and was when the case was entered."""

from __future__ import annotations

import json
from typing import Any

from cpms import clock
from cpms.patients.models import band_of
from cpms.patients.states import about
from panels.cases.ages import YEAR_DAYS, Birth, Moment, later, moment_of, older


class Aging:
    """Of a case: by the patient's year of birth, which may be corrected, and by the age that a file gave, which stays."""

    patient: Any
    age_at_entry: Any
    years_at_entry: Any
    origin: Any
    made_at: Any

    @property
    def birth(self) -> Birth:
        return Birth(self.patient.birth_year, self.patient.birth_month)

    @property
    def file_age(self) -> Moment | None:
        """The age that a file gave, while it can be right: a year of birth that was corrected since wins over it. Where the
        file named the same year, its last visit may lie long before the entry, never after it."""
        moment, made = moment_of(self.age_at_entry), self.made_at.date().toordinal()
        if moment is None or not moment.is_age:
            return None
        said = self.said_of_patient.get("birth_year")
        sure = said is not None and said == self.patient.birth_year and self.birth.reached(moment, made)
        return moment if sure or self.birth.fits(moment, made) else None

    @property
    def said_of_patient(self) -> dict[str, Any]:
        """What a file said of the patient in full; empty where none did."""
        said: dict[str, Any] = json.loads(self.origin or "{}")
        return said

    @property
    def days_since_entry(self) -> int:
        return max((clock.today() - self.made_at.date()).days, 0)

    @property
    def age_years(self) -> int | None:
        """Completed years by now, at most: by the year of birth, or by the age at entry and the time since."""
        if self.patient.birth_year or self.years_at_entry is None:
            return self.patient.age_years
        return self.years_at_entry + int(self.days_since_entry / YEAR_DAYS)

    @property
    def age_band(self) -> str:
        """The patient's band by year of birth, or by the age that the file gave when it names no year."""
        return band_of(self.age_years)

    @property
    def age_now(self) -> str:
        """In words: the age at entry and the time since, unless the year of birth contradicts it."""
        moment, days = self.file_age, self.days_since_entry
        fits = moment and self.birth.fits(later(moment, days), clock.today().toordinal())
        if not fits and self.patient.birth_year:
            return self.patient.age_text
        now = older(self.age_at_entry, days)
        if now == self.age_at_entry:
            return self.entry_words or self.patient.age_text
        return f"about {now}"

    @property
    def entry_words(self) -> str:
        """The age at entry; that of a copy was worked out, and is right to a year."""
        worked_out = moment_of(self.age_at_entry) and not self.said_of_patient.get("age")
        return f"about {self.age_at_entry}" if worked_out else self.age_at_entry

    @property
    def age_then(self) -> str:
        """At entry, as a file said it in a way that can be right; else by the year of birth."""
        if self.file_age or not self.patient.birth_year:
            return self.entry_words
        return about(self.made_at.year - self.patient.birth_year, "year")

    @property
    def age_text(self) -> str:
        """The present age, with the one at entry beside it where that differs: what was written then speaks of that age."""
        now, then, moment = self.age_now, self.age_then, self.file_age
        may_differ = moment or self.made_at.year < clock.today().year
        differs = may_differ and now.removeprefix("about ") != then.removeprefix("about ")
        return f"{now} ({then} when entered)" if differs else now
