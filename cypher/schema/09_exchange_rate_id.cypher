// One exchange rate an id
// Returns nothing.
// mode: auto
CREATE CONSTRAINT exchange_rate_id IF NOT EXISTS FOR (rate:ExchangeRate) REQUIRE rate.id IS UNIQUE;
