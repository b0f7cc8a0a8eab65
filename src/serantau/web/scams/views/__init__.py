"""Pages of the scam reports: for everybody, and for the officers of a member."""
