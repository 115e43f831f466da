"""The command `gptimage2-video`: what people run. It reaches the library through its public names only."""
