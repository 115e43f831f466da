from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.duration import Duration, check_duration
from ..types import UNSET, Unset

T = TypeVar("T", bound="VideoRequest")


@_attrs_define
class VideoRequest:
    """What both kinds of task have in common. Provider-specific controls may be added as further properties.

    Attributes:
        prompt (str): What the video shows.
        input_image_urls (list[str] | Unset): URLs of images that the service can fetch.
        aspect_ratio (str | Unset): Aspect ratio, such as `16:9`; the values depend on the model.
        duration (Duration | Unset): Duration of the video in seconds; the values depend on the model.
        resolution (str | Unset): Resolution, such as `720p`; it affects the price.
    """

    prompt: str
    input_image_urls: list[str] | Unset = UNSET
    aspect_ratio: str | Unset = UNSET
    duration: Duration | Unset = UNSET
    resolution: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        prompt = self.prompt

        input_image_urls: list[str] | Unset = UNSET
        if not isinstance(self.input_image_urls, Unset):
            input_image_urls = self.input_image_urls

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
            }
        )
        if input_image_urls is not UNSET:
            field_dict["inputImageUrls"] = input_image_urls
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

        input_image_urls = cast(list[str], d.pop("inputImageUrls", UNSET))

        aspect_ratio = d.pop("aspectRatio", UNSET)

        _duration = d.pop("duration", UNSET)
        duration: Duration | Unset
        if isinstance(_duration, Unset):
            duration = UNSET
        else:
            duration = check_duration(_duration)

        resolution = d.pop("resolution", UNSET)

        video_request = cls(
            prompt=prompt,
            input_image_urls=input_image_urls,
            aspect_ratio=aspect_ratio,
            duration=duration,
            resolution=resolution,
        )

        video_request.additional_properties = d
        return video_request

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
