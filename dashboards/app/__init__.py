"""The application in the browser: its pages and their frame, what a session remembers, and what happens on errors."""
