"""How often, and how much earlier, the pool sees a planted harm that no single country could."""
