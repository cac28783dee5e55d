"""From counts to verdicts: the rule, the pooled statistics, what each country could have seen."""
