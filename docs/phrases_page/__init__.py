"""`make phrases`: docs/phrases.md, everything that the box says in every language, for native readers."""
