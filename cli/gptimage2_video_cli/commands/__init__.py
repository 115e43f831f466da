"""The commands, a module each: options, help, and the order of the steps."""
