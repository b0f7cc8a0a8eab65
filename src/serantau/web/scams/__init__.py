"""Reports of scams on the site: the form, the checker, triage, appeals, retention, figures."""
