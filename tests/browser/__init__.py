"""The playground, tried in Chromium as a person tries it.

A package, so that its browser ends with it: Playwright keeps an event loop running in the main thread, in which no
other test could start one of its own.
"""
