// One workspace node
// Returns nothing; its lock makes writers queue up.
// mode: auto
CREATE CONSTRAINT workspace_one IF NOT EXISTS FOR (workspace:Workspace) REQUIRE workspace.name IS UNIQUE;
