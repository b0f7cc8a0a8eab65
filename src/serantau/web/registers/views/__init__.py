"""Pages and files of the registers."""
