"""The coach's page: what it costs, and how soon it answers one phone and many."""
