"""The page that lays scenarios side by side: by how much they differ, how sure that is, and why."""
