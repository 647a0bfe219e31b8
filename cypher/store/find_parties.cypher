// A page of parties
// Returns how many, and unless they are only counted their rows (handle, id, body, days, version, revision) and the revisions that wrote them, by id.
// :param after => ''
// :param last => date('2025-12-31')
// :param first => date('2025-12-31')
// :param revision => 4611686018427387904
// :param kind => null
// :param region => null
// :param country => null
// :param city => null
// :param size_class => null
// :param sector => null
// :param scope => null
// :param consumer_kind => null
// :param business_model => null
// :param purchase_channel => null
// :param market_tier => null
// :param industry => null
// :param industry_scheme => null
// :param any_role => true
// :param role => null
// :param stage => null
// :param tier => null
// :param purpose => null
// :param known => false
// :param limit => 101
// :param counted => false
// mode: read
CALL () {
  MATCH (f:Party) USING INDEX f:Party(id) WHERE f.id > $after AND f.record IS NOT NULL RETURN f
  UNION ALL
  MATCH (f:PartySlice) USING INDEX f:PartySlice(id) WHERE f.id > $after RETURN f
}
WITH f WHERE f.valid_from <= $last AND f.valid_to > $first AND f.revision <= $revision
  AND ($kind IS NULL OR f.kind = $kind)
  AND ($region IS NULL OR f.region = $region)
  AND ($country IS NULL OR f.country = $country)
  AND ($city IS NULL OR f.city = $city)
  AND ($size_class IS NULL OR f.size_class = $size_class)
  AND ($sector IS NULL OR f.sector = $sector)
  AND ($scope IS NULL OR f.scope = $scope)
  AND ($consumer_kind IS NULL OR f.consumer_kind = $consumer_kind)
  AND ($business_model IS NULL OR f.business_model = $business_model)
  AND ($purchase_channel IS NULL OR f.purchase_channel = $purchase_channel)
  AND ($market_tier IS NULL OR f.market_tier = $market_tier)
  AND ($industry IS NULL OR f.industry = $industry)
  AND ($industry_scheme IS NULL OR f.industry_scheme = $industry_scheme)
  AND ($any_role OR EXISTS {
    MATCH (:Party {id: f.id})-[h:HAS_ROLE]->()
    WHERE h.valid_from <= $last AND h.valid_to > $first AND h.revision <= $revision
      AND ($role IS NULL OR h.role = $role) AND ($stage IS NULL OR h.stage = $stage) AND ($tier IS NULL OR h.tier = $tier) AND ($purpose IS NULL OR h.purpose = $purpose)
  } OR ($known AND EXISTS {
    MATCH (h:Superseded {type: 'role', source: f.id})
    WHERE h.record IS NOT NULL AND h.valid_from <= $last AND h.valid_to > $first AND h.revision <= $revision AND h.superseded > $revision
      AND ($role IS NULL OR h.role = $role) AND ($stage IS NULL OR h.stage = $stage) AND ($tier IS NULL OR h.tier = $tier) AND ($purpose IS NULL OR h.purpose = $purpose)
  }))
WITH f ORDER BY f.id, f.valid_from LIMIT $limit
WITH count(*) AS total, collect(CASE WHEN $counted THEN null ELSE [elementId(f), f.id, f.record, f.valid_from.year * 1000 + f.valid_from.ordinalDay, f.valid_to.year * 1000 + f.valid_to.ordinalDay, f.version, f.revision] END) AS rows, collect(DISTINCT CASE WHEN $counted THEN null ELSE f.revision END) AS numbers
RETURN rows, total, COLLECT { UNWIND numbers AS number MATCH (v:Revision {number: number}) RETURN [number, v.time, v.who] } AS revisions;
