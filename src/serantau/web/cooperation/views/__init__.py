"""Pages of the cooperation."""
