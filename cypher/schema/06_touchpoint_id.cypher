// One touchpoint an id
// Returns nothing.
// mode: auto
CREATE CONSTRAINT touchpoint_id IF NOT EXISTS FOR (touchpoint:Touchpoint) REQUIRE touchpoint.id IS UNIQUE;
