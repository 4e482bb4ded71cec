"""What is kept: traces, the journal of sessions, results and exports."""
