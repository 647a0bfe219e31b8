// One schema node
// Returns nothing.
// mode: auto
CREATE CONSTRAINT schema_one IF NOT EXISTS FOR (schema:Schema) REQUIRE schema.name IS UNIQUE;
