"""The store of threat objects and the TAXII 2.1 server over it."""
