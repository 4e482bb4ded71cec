"""Growth: what queries, the start and the saving of a rep take with a thousand, and with a million, stored reps."""
