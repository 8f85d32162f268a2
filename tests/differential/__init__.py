"""Material that nobody here wrote, read by us and by others: see CONTRIBUTING.md."""
