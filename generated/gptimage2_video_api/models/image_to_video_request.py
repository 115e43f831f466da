from __future__ import annotations

from collections.abc import Mapping
from typing import (
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.duration import Duration, check_duration
from ..models.image_to_video_model import ImageToVideoModel, check_image_to_video_model
from ..types import UNSET, Unset

T = TypeVar("T", bound="ImageToVideoRequest")


@_attrs_define
class ImageToVideoRequest:
    """A video from an image and a prompt. Only the first image reaches the provider today.

    Attributes:
        prompt (str): What the video shows.
        input_image_urls (list[str]): URLs of images that the service can fetch; only the first is used.
        model (ImageToVideoModel): The models that make a video from an image.
        input_mode (Literal['image_to_video']): `text_to_video` or `image_to_video`; must be a mode of the model.
        aspect_ratio (str | Unset): Aspect ratio, such as `16:9`; the values depend on the model.
        duration (Duration | Unset): Duration of the video in seconds; the values depend on the model.
        resolution (str | Unset): Resolution, such as `720p`; it affects the price.
    """

    prompt: str
    input_image_urls: list[str]
    model: ImageToVideoModel
    input_mode: Literal["image_to_video"]
    aspect_ratio: str | Unset = UNSET
    duration: Duration | Unset = UNSET
    resolution: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        prompt = self.prompt

        input_image_urls = self.input_image_urls

        model: str = self.model

        input_mode = self.input_mode

        aspect_ratio = self.aspect_ratio

        duration: int | Unset = UNSET
        if not isinstance(self.duration, Unset):
            duration = self.duration

        resolution = self.resolution

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "prompt": prompt,
                "inputImageUrls": input_image_urls,
                "model": model,
                "inputMode": input_mode,
            }
        )
        if aspect_ratio is not UNSET:
            field_dict["aspectRatio"] = aspect_ratio
        if duration is not UNSET:
            field_dict["duration"] = duration
        if resolution is not UNSET:
            field_dict["resolution"] = resolution

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        prompt = d.pop("prompt")

        input_image_urls = cast(list[str], d.pop("inputImageUrls"))

        model = check_image_to_video_model(d.pop("model"))

        input_mode = cast(Literal["image_to_video"], d.pop("inputMode"))
        if input_mode != "image_to_video":
            raise ValueError(
                f"inputMode must match const 'image_to_video', got '{input_mode}'"
            )

        aspect_ratio = d.pop("aspectRatio", UNSET)

        _duration = d.pop("duration", UNSET)
        duration: Duration | Unset
        if isinstance(_duration, Unset):
            duration = UNSET
        else:
            duration = check_duration(_duration)

        resolution = d.pop("resolution", UNSET)

        image_to_video_request = cls(
            prompt=prompt,
            input_image_urls=input_image_urls,
            model=model,
            input_mode=input_mode,
            aspect_ratio=aspect_ratio,
            duration=duration,
            resolution=resolution,
        )

        image_to_video_request.additional_properties = d
        return image_to_video_request

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
