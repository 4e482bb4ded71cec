"""The kept results: the log that judges, the database, their one writer and their readers."""
