"""The sample image, drawn and served."""

import io

import av
import httpx

from gptimage2_video_mock.service.images import SIDE, cup_png


def test_the_sample_image_is_a_real_png_on_both_hosts(server):
    for base in (server.url, server.cdn_url):
        response = httpx.get(f"{base}/assets/cup.png")
        assert (response.headers["Content-Type"], response.content) == ("image/png", cup_png())
    with av.open(io.BytesIO(cup_png())) as container:
        frame = next(container.decode(video=0))
        assert (frame.width, frame.height, frame.format.name) == (SIDE, SIDE, "rgb24")
