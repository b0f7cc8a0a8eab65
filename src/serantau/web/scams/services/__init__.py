"""Everything that changes reports, appeals, what is answered, and the figures."""
