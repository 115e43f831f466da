"""`contract`: any server, held to `openapi.yaml` without a bill.

Here lives nothing: importing this package must cost the other commands nothing. The way through it: `command` →
`session` → `probes` and `submissions`, which send through `exchange`; `replies` holds what comes back to `schemas` and
`facts`; `book` keeps what was learnt and what it cost; `report` tells it.
"""
