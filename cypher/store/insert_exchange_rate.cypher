// New exchange rates
// Returns how many were written.
// :param id => ['x1']
// :param days => [date('2025-01-01'), date('9999-12-31')]
// :param valid_from => [0]
// :param valid_to => [1]
// :param currency => []
// :param base_currency => []
// :param rate => []
// :param record => ['{}']
// :param version => [1]
// :param revision => 1
// mode: write
UNWIND range(0, size($id) - 1) AS i
CREATE (:ExchangeRate {
  id: $id[i], valid_from: $days[$valid_from[i]], valid_to: $days[$valid_to[i]], currency: $currency[i],
  base_currency: $base_currency[i], rate: $rate[i], record: $record[i], version: $version[i], revision: $revision
})
RETURN count(*) AS written;
