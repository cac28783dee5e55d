"""What persons decide: of signals and of duplicates, kept in chains that show any change."""
