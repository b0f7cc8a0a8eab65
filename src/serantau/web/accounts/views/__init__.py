"""Pages of accounts: read the request, ask a service or the policy, render."""
