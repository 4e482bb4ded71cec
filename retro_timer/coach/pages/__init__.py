"""The pages, a file for each subject; `app.py` has the table of all routes."""
