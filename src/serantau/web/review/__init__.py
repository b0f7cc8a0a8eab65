"""What members submit and the secretariat decides: drafts, review, rounds, deadlines, and the register of what counts."""
