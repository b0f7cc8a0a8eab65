"""Who: the members of a region, its partners, and since when."""

from serantau.region.load import load_region
from serantau.region.model import Agreement, Member, Partner, Region, RegionError

__all__ = ["Agreement", "Member", "Partner", "Region", "RegionError", "load_region"]
