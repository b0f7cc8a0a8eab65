"""Finding and understanding: search, the glossary, and the guides and methods as pages of the site."""
