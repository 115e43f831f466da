"""What the documentation site is made of, beside the pages that people write in docs/pages.

Here lives nothing: `pages` puts the site's Markdown together, from `tables`, `commands` and `reference`; `diagrams`
draws while MkDocs builds, and `site` looks at what was built. `python -m tools.docs` runs the first or the last.
"""
