// Hold a turn among writers that go on side by side, or wait for the one who holds it
// Returns nothing.
// :param name => 'turn 0'
// mode: write
MERGE (w:Workspace {name: $name})
SET w.locked = true
REMOVE w.locked;
