from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="TaskReceipt")


@_attrs_define
class TaskReceipt:
    """The receipt of an accepted task.

    Attributes:
        task_id (str): Keep it; nothing else leads back to the task.
        status (int): 0 PENDING: keep polling. 1 COMPLETED: read `videoUrl`. 2 FAILED: read `errorCode` and
            `errorMessage`; the credits
            have been refunded, or will be shortly. A client must survive any other number, and go on polling.
        credits_used (int): What was debited. This is the authoritative price.
    """

    task_id: str
    status: int
    credits_used: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        task_id = self.task_id

        status = self.status

        credits_used = self.credits_used

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "taskId": task_id,
                "status": status,
                "creditsUsed": credits_used,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        task_id = d.pop("taskId")

        status = d.pop("status")

        credits_used = d.pop("creditsUsed")

        task_receipt = cls(
            task_id=task_id,
            status=status,
            credits_used=credits_used,
        )

        task_receipt.additional_properties = d
        return task_receipt

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
