"""The working database: open it, make its relations, publish a snapshot."""
