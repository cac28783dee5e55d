"""The working database: open it, run the numbered SQL, publish a snapshot."""
