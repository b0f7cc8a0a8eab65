"""Changes of feeds."""
