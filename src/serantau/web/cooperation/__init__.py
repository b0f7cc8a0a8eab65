"""What the members' CERTs do together: who is told of an alert, shared cases, questions, and the directory of whom to reach."""
