// The newest version of each id that has several rows
// Returns pairs of id and version: of all rows that were believed at a revision, periods taken away included.
// :param ids => ['d1', 'firm']
// :param type => 'role'
// :param revision => 4611686018427387904
// mode: read
UNWIND $ids AS id
CALL (id) {
  WITH id WHERE $type = 'party' MATCH (f:Party|PartySlice {id: id}) RETURN f
  UNION ALL
  WITH id WHERE $type = 'role' MATCH ()-[f:HAS_ROLE {id: id}]->() RETURN f
  UNION ALL
  WITH id WHERE $type = 'relationship' MATCH (lookup:Relationship {id: id}) MATCH ()-[f]->() WHERE elementId(f) = lookup.handle RETURN f
  UNION ALL
  MATCH (f:Retracted {type: $type, id: id}) RETURN f
  UNION ALL
  MATCH (f:Superseded {type: $type, id: id}) RETURN f
}
WITH id, f WHERE f.revision <= $revision
WITH id, max(f.version) AS version
RETURN collect([id, version]) AS versions;
