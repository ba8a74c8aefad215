"""From a household purchase panel to a scenario: read, estimate, describe, write."""
