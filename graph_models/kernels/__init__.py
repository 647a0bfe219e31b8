"""Array code for what scipy has no function for: numbers in, numbers out, no ecosystem. Each is checked against networkx."""
