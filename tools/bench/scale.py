"""How much is filled and how often it is asked: whole for the record, small for a look while developing and for tests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """``sizes`` are the rows of a page at which queries are counted; three leads have so many panels."""

    panels: int = 20_000
    sizes: tuple[int, int, int] = (3, 30, 300)
    people: int = 6_500
    clinicians: int = 400
    rounds: int = 40
    rounds_of_others: int = 20

    @property
    def whole(self) -> bool:
        return self == Scale()

    def fewer(self, panels: int) -> Scale:
        """So many panels, at least the leads' own; people and requests in proportion, at least as many as a page's rows need."""
        share = panels / self.panels
        most = self.sizes[-1] + len(self.sizes)
        return Scale(
            panels=max(panels, sum(self.sizes)),
            sizes=self.sizes,
            people=max(int(self.people * share), self.clinicians + most),
            rounds=max(int(self.rounds * share), 5),
            rounds_of_others=max(int(self.rounds_of_others * share), 3),
        )


WHOLE = Scale()
