"""What changed between two versions of openapi.yaml, whether it breaks callers, and which version bump is due.

    __main__.py     the command line and its exit codes
    sources.py      the two documents: from git or a file, or one sentence why not
    operations.py   paths, parameters, bodies, responses, security, servers
    models.py       x-model-table
    schemas.py      two schemas: its own walk says what changed
    containment.py  whether that breaks callers, by jsoncompat
    shapes.py       a schema with its references and composition worked out, one flat shape for each model and mode
    changes.py      a change, its verdict, and the bump that is due for it

Each module leads only to those below it. What nobody can judge is taken as breaking, and said so.
"""
