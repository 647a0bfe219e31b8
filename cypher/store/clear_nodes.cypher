// Forget everything that is left, but the schema
// Returns nothing.
// mode: auto
MATCH (n) WHERE NOT n:Schema
CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS;
