"""Files of others into records: readers, the mapping language, and loading."""
