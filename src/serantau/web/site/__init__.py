"""What all pages share: the question, the cache, errors, the frame around each page."""
