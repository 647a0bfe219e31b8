// Write the workspace's own vocabulary, whole
// Returns nothing; the lock of a write is held.
// :param terms => '{"roles": []}'
// :param revision => 1
// mode: write
MATCH (w:Workspace {name: 'workspace'})
SET w.terms = $terms, w.terms_revision = $revision;
