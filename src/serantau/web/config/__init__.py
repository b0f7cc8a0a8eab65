"""Settings, routes, access rules and the WSGI application."""
