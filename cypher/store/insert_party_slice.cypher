// Further slices of parties
// Returns nothing.
// :param id => ['x1']
// :param days => [date('2025-01-01'), date('9999-12-31')]
// :param valid_from => [0]
// :param valid_to => [1]
// :param name => []
// :param names => []
// :param kind => ['money']
// :param identifiers => []
// :param country => []
// :param region => []
// :param city => []
// :param market_tier => []
// :param industry => []
// :param industry_scheme => []
// :param sector => []
// :param size_class => []
// :param consumer_kind => []
// :param business_model => []
// :param purchase_channel => []
// :param scope => []
// :param tags => []
// :param marking => []
// :param attributes => []
// :param search_text => []
// :param record => ['{}']
// :param version => [1]
// :param revision => 1
// mode: write
UNWIND range(0, size($id) - 1) AS i
MERGE (p:Party {id: $id[i]})
CREATE (p)<-[:SLICE_OF]-(:PartySlice {
  id: $id[i], valid_from: $days[$valid_from[i]], valid_to: $days[$valid_to[i]], name: $name[i], names: $names[i], kind: $kind[i],
  identifiers: $identifiers[i], country: $country[i], region: $region[i], city: $city[i], market_tier: $market_tier[i],
  industry: $industry[i], industry_scheme: $industry_scheme[i], sector: $sector[i], size_class: $size_class[i],
  consumer_kind: $consumer_kind[i], business_model: $business_model[i], purchase_channel: $purchase_channel[i], scope: $scope[i], tags: $tags[i],
  marking: $marking[i], attributes: $attributes[i], search_text: $search_text[i], record: $record[i], version: $version[i],
  revision: $revision
});
