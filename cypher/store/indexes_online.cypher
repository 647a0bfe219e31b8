// Wait until every index is there
// Returns nothing.
// :param seconds => 60
// mode: read
CALL db.awaitIndexes($seconds);
