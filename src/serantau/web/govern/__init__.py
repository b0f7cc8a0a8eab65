"""Pages of the room govern, and the AuthZEN decision point."""
