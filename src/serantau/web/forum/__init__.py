"""The forum on the site: bodies, meetings, papers, positions."""
