// The workspace's own vocabulary
// Returns it as JSON (null where there is none), and the revision that wrote it; nothing before the first revision.
// mode: read
MATCH (w:Workspace {name: 'workspace'})
RETURN w.terms AS terms, coalesce(w.terms_revision, 0) AS revision;
