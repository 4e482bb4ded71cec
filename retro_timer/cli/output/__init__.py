"""How commands print: lines, tables, the live view."""
