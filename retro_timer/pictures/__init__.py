"""Results as pictures: plain records in, SVG out. Nothing here knows a file, a database or a clock."""
