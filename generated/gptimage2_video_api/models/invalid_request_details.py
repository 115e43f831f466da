from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.invalid_request_details_field_errors import (
        InvalidRequestDetailsFieldErrors,
    )


T = TypeVar("T", bound="InvalidRequestDetails")


@_attrs_define
class InvalidRequestDetails:
    """May be empty.

    Attributes:
        form_errors (list[str] | Unset): What concerns the request as a whole.
        field_errors (InvalidRequestDetailsFieldErrors | Unset): Messages by the name of the field.
    """

    form_errors: list[str] | Unset = UNSET
    field_errors: InvalidRequestDetailsFieldErrors | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        form_errors: list[str] | Unset = UNSET
        if not isinstance(self.form_errors, Unset):
            form_errors = self.form_errors

        field_errors: dict[str, Any] | Unset = UNSET
        if not isinstance(self.field_errors, Unset):
            field_errors = self.field_errors.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if form_errors is not UNSET:
            field_dict["formErrors"] = form_errors
        if field_errors is not UNSET:
            field_dict["fieldErrors"] = field_errors

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.invalid_request_details_field_errors import (
            InvalidRequestDetailsFieldErrors,  # noqa: PLC0415
        )

        d = dict(src_dict)
        form_errors = cast(list[str], d.pop("formErrors", UNSET))

        _field_errors = d.pop("fieldErrors", UNSET)
        field_errors: InvalidRequestDetailsFieldErrors | Unset
        if isinstance(_field_errors, Unset):
            field_errors = UNSET
        else:
            field_errors = InvalidRequestDetailsFieldErrors.from_dict(_field_errors)

        invalid_request_details = cls(
            form_errors=form_errors,
            field_errors=field_errors,
        )

        invalid_request_details.additional_properties = d
        return invalid_request_details

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
