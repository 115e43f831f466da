"""What the documentation site has beside the pages in docs/pages: tables, diagrams, and the commands with examples."""
