"""What the forum keeps count of, as pages: four registers, questions on policies, promises of meetings."""
