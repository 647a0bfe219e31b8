// Roles by id
// Returns nothing.
// mode: auto
CREATE INDEX role_id IF NOT EXISTS FOR ()-[role:HAS_ROLE]-() ON (role.id);
