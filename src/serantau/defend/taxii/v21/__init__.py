"""TAXII 2.1 (OASIS Standard, 10 June 2021): media types, filters, cursors, timestamps, resources."""
