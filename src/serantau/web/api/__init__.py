"""The JSON API, its OpenAPI document and the page that explains it."""
