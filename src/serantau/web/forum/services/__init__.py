"""Everything that changes the forum."""
