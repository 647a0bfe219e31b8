// New documents
// Returns how many were written.
// :param id => ['x1']
// :param days => [date('2025-01-01'), date('9999-12-31')]
// :param valid_from => [0]
// :param valid_to => [1]
// :param title => []
// :param kind => ['money']
// :param url => []
// :param publisher => []
// :param reliability => []
// :param retrieved_at => []
// :param marking => []
// :param attributes => []
// :param record => ['{}']
// :param version => [1]
// :param revision => 1
// mode: write
UNWIND range(0, size($id) - 1) AS i
CREATE (:Document {
  id: $id[i], valid_from: $days[$valid_from[i]], valid_to: $days[$valid_to[i]], title: $title[i], kind: $kind[i], url: $url[i],
  publisher: $publisher[i], reliability: $reliability[i], retrieved_at: $retrieved_at[i], marking: $marking[i],
  attributes: $attributes[i], record: $record[i], version: $version[i], revision: $revision
})
RETURN count(*) AS written;
