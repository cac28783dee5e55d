"""Fields that only relations of the schema `work` have, by room."""
