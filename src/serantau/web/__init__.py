"""The site and the JSON API: they parse a question, ask an engine and render the answer. They decide nothing."""
