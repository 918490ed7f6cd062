"""How old the patient of a case is by now, and was when the case was entered."""

from __future__ import annotations

import json
from typing import Any

from cpms import clock
from cpms.patients.models import band_of
from panels.cases.ages import YEAR_DAYS, Birth, Moment, moment_of, older


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
        file named the same year, its last visit may lie long before the entry."""
        moment = moment_of(self.age_at_entry)
        if moment is None or not moment.is_age:
            return None
        said = json.loads(self.origin or "{}").get("birth_year")
        sure = said is not None and said == self.patient.birth_year
        return moment if sure or self.birth.fits(moment, self.made_at.date().toordinal()) else None

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
        """In words, by the year of birth; without one the age at entry and the time since."""
        if self.patient.birth_year:
            return self.patient.age_text
        return older(self.age_at_entry, self.days_since_entry) or self.patient.age_text

    @property
    def age_then(self) -> str:
        """At entry, as a file said it in a way that can be right; else by the year of birth."""
        if self.file_age or not self.patient.birth_year:
            return self.age_at_entry
        years = self.made_at.year - self.patient.birth_year
        return f"about {years} years" if years > 0 else "under 1 year"

    @property
    def age_text(self) -> str:
        """The present age, with the one at entry beside it where that differs: what was written then speaks of that age."""
        now, then, moment = self.age_now, self.age_then, self.file_age
        recent = (self.made_at.year, self.made_at.month) == (clock.today().year, clock.today().month)
        if moment and recent and self.birth.fits(moment, clock.today().toordinal()):
            return then
        may_differ = moment or self.made_at.year < clock.today().year
        differs = may_differ and now.removeprefix("about ") != then.removeprefix("about ")
        return f"{now} ({then} when entered)" if differs else now
