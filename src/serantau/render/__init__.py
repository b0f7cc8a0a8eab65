"""Pictures and files from answers: charts, the tile-grid map, tables. Nothing here knows the web."""
