"""What the generated models make of requests and tasks: every module imports, and every example makes the round trip.

Lives here: what mypy has to refuse, and what a run has to keep. Not here: any call; nothing is sent.
"""

import importlib
import json
import os
import pkgutil
from pathlib import Path

import openapi_client
from openapi_client import (
    GenerateVideoRequest,
    ImageToVideoModel,
    ImageToVideoRequest,
    TaskSnapshot,
    TextToVideoModel,
    TextToVideoRequest,
)


def refused() -> None:
    """Never called: mypy fails here too where it has nothing to refuse."""
    images = ["https://example.com/cup.jpg"]
    text, image = "text_to_video", "image_to_video"
    TextToVideoRequest(prompt="A cup", model=ImageToVideoModel.VEO3, inputMode=text)  # type: ignore[arg-type]
    ImageToVideoRequest(
        prompt="A cup",
        model=TextToVideoModel.VEO3,  # type: ignore[arg-type]
        inputMode=image,
        inputImageUrls=images,
    )
    ImageToVideoRequest(prompt="A cup", model=ImageToVideoModel.VEO3, inputMode=image)  # type: ignore[call-arg]


def main() -> None:
    """Fail on the first thing that is lost."""
    for module in pkgutil.walk_packages(openapi_client.__path__, "openapi_client."):
        importlib.import_module(module.name)

    spec = json.loads(Path(os.environ["SPEC_JSON"]).read_bytes())
    body = spec["paths"]["/api/ai/video/generate"]["post"]["requestBody"]["content"]["application/json"]
    for name, example in body["examples"].items():
        request = {**example["value"], "cameraFixed": True}  # a control that the spec does not know
        sent = json.loads(GenerateVideoRequest.from_dict(request).to_json())
        assert sent == request, f"{name}: {sent}"

    task = TaskSnapshot.from_dict({"status": 7, "videoUrl": None, "errorCode": 1304, "progress": 0.5})
    assert task is not None
    assert task.error_code is not None
    assert 1304 == task.error_code.actual_instance
    assert (task.status, task.video_url, task.additional_properties) == (7, None, {"progress": 0.5})


if __name__ == "__main__":
    main()
