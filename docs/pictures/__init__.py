"""Pictures of the documents, each drawn from the real program: `make pictures`."""
