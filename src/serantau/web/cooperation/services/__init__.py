"""Every change of what the CERTs share."""
