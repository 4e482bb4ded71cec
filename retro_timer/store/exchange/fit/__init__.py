"""Results as FIT files, which sports platforms read: one activity for each athlete of a session."""
