// One party an id
// Returns nothing; the constraint's index finds parties.
// mode: auto
CREATE CONSTRAINT party_id IF NOT EXISTS FOR (party:Party) REQUIRE party.id IS UNIQUE;
