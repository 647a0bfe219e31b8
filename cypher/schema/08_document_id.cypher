// One document an id
// Returns nothing.
// mode: auto
CREATE CONSTRAINT document_id IF NOT EXISTS FOR (document:Document) REQUIRE document.id IS UNIQUE;
