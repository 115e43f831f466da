from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="TaskSnapshot")


@_attrs_define
class TaskSnapshot:
    """A task in either of the two spellings that the documentation uses. Only `status` is sure to be there.

    Attributes:
        status (int): 0 PENDING: keep polling. 1 COMPLETED: read `videoUrl`. 2 FAILED: read `errorCode` and
            `errorMessage`; the credits
            have been refunded, or will be shortly. A client must survive any other number, and go on polling.
        task_id (None | str | Unset): The id (reference page).
        id (None | str | Unset): The id (quickstart page).
        type_ (None | str | Unset): `video` or `image`.
        model (None | str | Unset): A model id, possibly one newer than this document.
        prompt (None | str | Unset): The prompt of the request.
        image_urls (list[str] | None | Unset): Results of an image task (reference page).
        output_image_urls (list[str] | None | Unset): Results of an image task (quickstart page).
        video_url (None | str | Unset): Where the video is (reference page), on another host than the API.
        output_video_url (None | str | Unset): The like in the quickstart page's spelling (inferred).
        output_video_urls (list[str] | None | Unset): The like in the quickstart page's spelling (inferred).
        error_code (int | None | str | Unset): `EMPTY_RESULT`, `STORAGE_ERROR`, or the provider's own code, which may be
            a number.
        error_message (None | str | Unset): Why the task failed.
        credits_used (int | None | Unset): What was debited for the task.
        credits_refunded (bool | None | Unset): Whether the credits of a failed task are back (reference page).
        credit_refunded (bool | None | Unset): Whether the credits of a failed task are back (quickstart page).
        created_at (None | str | Unset): When the task was accepted, in ISO 8601, UTC.
        updated_at (None | str | Unset): When the task last changed (reference page).
        completed_at (None | str | Unset): When the task ended, null while it is pending (quickstart page).
    """

    status: int
    task_id: None | str | Unset = UNSET
    id: None | str | Unset = UNSET
    type_: None | str | Unset = UNSET
    model: None | str | Unset = UNSET
    prompt: None | str | Unset = UNSET
    image_urls: list[str] | None | Unset = UNSET
    output_image_urls: list[str] | None | Unset = UNSET
    video_url: None | str | Unset = UNSET
    output_video_url: None | str | Unset = UNSET
    output_video_urls: list[str] | None | Unset = UNSET
    error_code: int | None | str | Unset = UNSET
    error_message: None | str | Unset = UNSET
    credits_used: int | None | Unset = UNSET
    credits_refunded: bool | None | Unset = UNSET
    credit_refunded: bool | None | Unset = UNSET
    created_at: None | str | Unset = UNSET
    updated_at: None | str | Unset = UNSET
    completed_at: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status = self.status

        task_id: None | str | Unset
        if isinstance(self.task_id, Unset):
            task_id = UNSET
        else:
            task_id = self.task_id

        id: None | str | Unset
        if isinstance(self.id, Unset):
            id = UNSET
        else:
            id = self.id

        type_: None | str | Unset
        if isinstance(self.type_, Unset):
            type_ = UNSET
        else:
            type_ = self.type_

        model: None | str | Unset
        if isinstance(self.model, Unset):
            model = UNSET
        else:
            model = self.model

        prompt: None | str | Unset
        if isinstance(self.prompt, Unset):
            prompt = UNSET
        else:
            prompt = self.prompt

        image_urls: list[str] | None | Unset
        if isinstance(self.image_urls, Unset):
            image_urls = UNSET
        elif isinstance(self.image_urls, list):
            image_urls = self.image_urls

        else:
            image_urls = self.image_urls

        output_image_urls: list[str] | None | Unset
        if isinstance(self.output_image_urls, Unset):
            output_image_urls = UNSET
        elif isinstance(self.output_image_urls, list):
            output_image_urls = self.output_image_urls

        else:
            output_image_urls = self.output_image_urls

        video_url: None | str | Unset
        if isinstance(self.video_url, Unset):
            video_url = UNSET
        else:
            video_url = self.video_url

        output_video_url: None | str | Unset
        if isinstance(self.output_video_url, Unset):
            output_video_url = UNSET
        else:
            output_video_url = self.output_video_url

        output_video_urls: list[str] | None | Unset
        if isinstance(self.output_video_urls, Unset):
            output_video_urls = UNSET
        elif isinstance(self.output_video_urls, list):
            output_video_urls = self.output_video_urls

        else:
            output_video_urls = self.output_video_urls

        error_code: int | None | str | Unset
        if isinstance(self.error_code, Unset):
            error_code = UNSET
        else:
            error_code = self.error_code

        error_message: None | str | Unset
        if isinstance(self.error_message, Unset):
            error_message = UNSET
        else:
            error_message = self.error_message

        credits_used: int | None | Unset
        if isinstance(self.credits_used, Unset):
            credits_used = UNSET
        else:
            credits_used = self.credits_used

        credits_refunded: bool | None | Unset
        if isinstance(self.credits_refunded, Unset):
            credits_refunded = UNSET
        else:
            credits_refunded = self.credits_refunded

        credit_refunded: bool | None | Unset
        if isinstance(self.credit_refunded, Unset):
            credit_refunded = UNSET
        else:
            credit_refunded = self.credit_refunded

        created_at: None | str | Unset
        if isinstance(self.created_at, Unset):
            created_at = UNSET
        else:
            created_at = self.created_at

        updated_at: None | str | Unset
        if isinstance(self.updated_at, Unset):
            updated_at = UNSET
        else:
            updated_at = self.updated_at

        completed_at: None | str | Unset
        if isinstance(self.completed_at, Unset):
            completed_at = UNSET
        else:
            completed_at = self.completed_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
            }
        )
        if task_id is not UNSET:
            field_dict["taskId"] = task_id
        if id is not UNSET:
            field_dict["id"] = id
        if type_ is not UNSET:
            field_dict["type"] = type_
        if model is not UNSET:
            field_dict["model"] = model
        if prompt is not UNSET:
            field_dict["prompt"] = prompt
        if image_urls is not UNSET:
            field_dict["imageUrls"] = image_urls
        if output_image_urls is not UNSET:
            field_dict["outputImageUrls"] = output_image_urls
        if video_url is not UNSET:
            field_dict["videoUrl"] = video_url
        if output_video_url is not UNSET:
            field_dict["outputVideoUrl"] = output_video_url
        if output_video_urls is not UNSET:
            field_dict["outputVideoUrls"] = output_video_urls
        if error_code is not UNSET:
            field_dict["errorCode"] = error_code
        if error_message is not UNSET:
            field_dict["errorMessage"] = error_message
        if credits_used is not UNSET:
            field_dict["creditsUsed"] = credits_used
        if credits_refunded is not UNSET:
            field_dict["creditsRefunded"] = credits_refunded
        if credit_refunded is not UNSET:
            field_dict["creditRefunded"] = credit_refunded
        if created_at is not UNSET:
            field_dict["createdAt"] = created_at
        if updated_at is not UNSET:
            field_dict["updatedAt"] = updated_at
        if completed_at is not UNSET:
            field_dict["completedAt"] = completed_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        status = d.pop("status")

        def _parse_task_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        task_id = _parse_task_id(d.pop("taskId", UNSET))

        def _parse_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        id = _parse_id(d.pop("id", UNSET))

        def _parse_type_(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        type_ = _parse_type_(d.pop("type", UNSET))

        def _parse_model(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        model = _parse_model(d.pop("model", UNSET))

        def _parse_prompt(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        prompt = _parse_prompt(d.pop("prompt", UNSET))

        def _parse_image_urls(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                image_urls_type_0 = cast(list[str], data)

                return image_urls_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        image_urls = _parse_image_urls(d.pop("imageUrls", UNSET))

        def _parse_output_image_urls(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                output_image_urls_type_0 = cast(list[str], data)

                return output_image_urls_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        output_image_urls = _parse_output_image_urls(d.pop("outputImageUrls", UNSET))

        def _parse_video_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        video_url = _parse_video_url(d.pop("videoUrl", UNSET))

        def _parse_output_video_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        output_video_url = _parse_output_video_url(d.pop("outputVideoUrl", UNSET))

        def _parse_output_video_urls(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                output_video_urls_type_0 = cast(list[str], data)

                return output_video_urls_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        output_video_urls = _parse_output_video_urls(d.pop("outputVideoUrls", UNSET))

        def _parse_error_code(data: object) -> int | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | str | Unset, data)

        error_code = _parse_error_code(d.pop("errorCode", UNSET))

        def _parse_error_message(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        error_message = _parse_error_message(d.pop("errorMessage", UNSET))

        def _parse_credits_used(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        credits_used = _parse_credits_used(d.pop("creditsUsed", UNSET))

        def _parse_credits_refunded(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        credits_refunded = _parse_credits_refunded(d.pop("creditsRefunded", UNSET))

        def _parse_credit_refunded(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        credit_refunded = _parse_credit_refunded(d.pop("creditRefunded", UNSET))

        def _parse_created_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        created_at = _parse_created_at(d.pop("createdAt", UNSET))

        def _parse_updated_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        updated_at = _parse_updated_at(d.pop("updatedAt", UNSET))

        def _parse_completed_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        completed_at = _parse_completed_at(d.pop("completedAt", UNSET))

        task_snapshot = cls(
            status=status,
            task_id=task_id,
            id=id,
            type_=type_,
            model=model,
            prompt=prompt,
            image_urls=image_urls,
            output_image_urls=output_image_urls,
            video_url=video_url,
            output_video_url=output_video_url,
            output_video_urls=output_video_urls,
            error_code=error_code,
            error_message=error_message,
            credits_used=credits_used,
            credits_refunded=credits_refunded,
            credit_refunded=credit_refunded,
            created_at=created_at,
            updated_at=updated_at,
            completed_at=completed_at,
        )

        task_snapshot.additional_properties = d
        return task_snapshot

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
