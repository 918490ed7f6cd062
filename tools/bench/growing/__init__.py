"""Every page beside the large tables: what it lists, and the objects that its address asks for. Everybody in it is invented."""

from tools.bench.growing import accounts, clinic, ending, gathering, house, staff, talk  # noqa: F401 each names its rows
from tools.bench.growing.ground import Ground
from tools.bench.growing.growth import GROWTHS, Growth

__all__ = ["GROWTHS", "Ground", "Growth"]
