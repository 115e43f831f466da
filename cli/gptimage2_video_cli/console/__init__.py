"""What every command needs of the terminal: options, output, progress, signals, exit codes."""
