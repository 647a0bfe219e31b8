// Does the store answer
// Returns 1.
// mode: read
RETURN 1 AS one;
