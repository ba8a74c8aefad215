"""Charts as plain dictionaries of Plotly; colours are names that the browser resolves for its theme."""
