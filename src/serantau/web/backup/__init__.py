"""A copy of everything people did here, taken while the site runs and checked before it is called one; and the way back."""
