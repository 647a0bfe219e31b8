"""The HTTP API, asked over real sockets, on every store."""
