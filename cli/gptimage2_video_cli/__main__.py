"""`python -m gptimage2_video_cli`, the same as `gptimage2-video`."""

import sys

from .main import main

sys.exit(main())
