// Take away every relationship
// Returns nothing; a party's may be too many for one transaction.
// mode: auto
MATCH ()-[r]->()
CALL (r) { DELETE r } IN TRANSACTIONS OF 10000 ROWS;
