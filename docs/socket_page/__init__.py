"""`make socket`: docs/socket.md and its JSON Schema, from the protocol's structs and a session that is run for it."""
