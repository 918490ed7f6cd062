"""What an ordinary run promises to do of the campaigns: figures that nobody lowers to win time without this test saying so."""

from __future__ import annotations

import re

from tests.panels import test_random_lives as lives
from tools.campaign import CAMPAIGNS
from tools.local import places

AT_LEAST = {
    "CPMS_LIVES": ("tests/panels/test_random_lives.py", 50),
    "CPMS_SEQUENCES": ("tests/access/test_sequences.py", 50),
    "CPMS_STEPS": ("tests/access/test_sequences.py", 9),
    "CPMS_KILLS": ("tests/campaigns/test_kills.py", 25),
}
ROUNDS = re.compile(r'"(CPMS_\w+)", "(\d+)"')


def test_every_run_takes_as_many_rounds_as_are_promised():
    for variable, (path, least) in AT_LEAST.items():
        found = dict(ROUNDS.findall(places.ROOT.joinpath(path).read_text()))
        assert (variable, int(found[variable]) >= least) == (variable, True)
    assert lives.STEPS >= 30


def test_every_file_whose_rounds_are_counted_is_in_the_campaign_that_raises_them():
    """One variable may have several campaigns; those of consent have a command of their own."""
    command = places.ROOT.joinpath("bin", "campaign").read_text()
    for variable in {campaign.variable for campaign in CAMPAIGNS.values()} - {""}:
        reads = re.compile(rf'environ\.get\("{variable}"')
        files = (path for path in places.ROOT.joinpath("tests").rglob("test_*.py") if reads.search(path.read_text()))
        raised = {path for campaign in CAMPAIGNS.values() if campaign.variable == variable for path in campaign.tests}
        left_out = {str(path.relative_to(places.ROOT)) for path in files} - raised
        assert (variable, {path for path in left_out if path not in command}) == (variable, set())
