"""The room of one future, week by week: its consumers, its firms, and what an event would change."""
