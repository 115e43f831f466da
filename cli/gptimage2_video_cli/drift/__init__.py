"""`drift`: what the public documentation states, held against `openapi.yaml`.

Here lives nothing: importing this package must cost the other commands nothing. The way through it: `command` → `fetch`
gets a page, `page` makes blocks and tables of it, and `reader` statements of those, with `tables`, `model_tables`,
`samples` and `prose` and the words of `fields`, `vocabulary` and `clips`; `spec` says what the contract believes;
`compare` holds the two together, `report` tells it. Only `fetch` does I/O.
"""
