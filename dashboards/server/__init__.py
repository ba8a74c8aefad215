"""How the dashboard is served: settings, the files a page needs, what is refused, and the server itself."""
