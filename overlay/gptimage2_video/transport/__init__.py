"""All I/O of the library: HTTP through httpx or aiohttp, part files, the clock, the log."""
