"""Every change of accounts: people, machines, approvals; and what is counted and remembered beside the ledger."""
