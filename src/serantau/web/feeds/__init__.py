"""Feeds of threat objects: what a member takes in from others, and what it gives to its own machines."""
