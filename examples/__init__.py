"""Examples: the demo ecosystem and the mappings of real data sets."""
