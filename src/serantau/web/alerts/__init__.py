"""Regional alerts: what several members saw, correlated from the store, and the page that shows it."""
