from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.image_to_video_request import ImageToVideoRequest
from ...models.insufficient_credits_error import InsufficientCreditsError
from ...models.invalid_request_error import InvalidRequestError
from ...models.service_error import ServiceError
from ...models.task_receipt import TaskReceipt
from ...models.text_to_video_request import TextToVideoRequest
from ...types import Response


def _get_kwargs(
    *,
    body: ImageToVideoRequest | TextToVideoRequest,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/ai/video/generate",
    }

    if isinstance(body, TextToVideoRequest):
        _kwargs["json"] = body.to_dict()
    else:
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> InsufficientCreditsError | InvalidRequestError | ServiceError | TaskReceipt | None:
    if response.status_code == 200:
        response_200 = TaskReceipt.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = InvalidRequestError.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ServiceError.from_dict(response.json())

        return response_401

    if response.status_code == 402:
        response_402 = InsufficientCreditsError.from_dict(response.json())

        return response_402

    if response.status_code == 500:
        response_500 = ServiceError.from_dict(response.json())

        return response_500

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[
    InsufficientCreditsError | InvalidRequestError | ServiceError | TaskReceipt
]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: ImageToVideoRequest | TextToVideoRequest,
) -> Response[
    InsufficientCreditsError | InvalidRequestError | ServiceError | TaskReceipt
]:
    """Generate video

     Submits a text-to-video or image-to-video task. The credits are debited on acceptance. Not
    idempotent: after a lost
    reply, look in the dashboard before you submit again. Let no HTTP library do so by itself: some
    follow a redirect
    with the whole request, and libcurl repeats a POST where a connection that it kept open breaks.

    Args:
        body (ImageToVideoRequest | TextToVideoRequest): One task. `inputMode` tells which kind,
            and so which models may do it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[InsufficientCreditsError | InvalidRequestError | ServiceError | TaskReceipt]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: ImageToVideoRequest | TextToVideoRequest,
) -> InsufficientCreditsError | InvalidRequestError | ServiceError | TaskReceipt | None:
    """Generate video

     Submits a text-to-video or image-to-video task. The credits are debited on acceptance. Not
    idempotent: after a lost
    reply, look in the dashboard before you submit again. Let no HTTP library do so by itself: some
    follow a redirect
    with the whole request, and libcurl repeats a POST where a connection that it kept open breaks.

    Args:
        body (ImageToVideoRequest | TextToVideoRequest): One task. `inputMode` tells which kind,
            and so which models may do it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        InsufficientCreditsError | InvalidRequestError | ServiceError | TaskReceipt
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: ImageToVideoRequest | TextToVideoRequest,
) -> Response[
    InsufficientCreditsError | InvalidRequestError | ServiceError | TaskReceipt
]:
    """Generate video

     Submits a text-to-video or image-to-video task. The credits are debited on acceptance. Not
    idempotent: after a lost
    reply, look in the dashboard before you submit again. Let no HTTP library do so by itself: some
    follow a redirect
    with the whole request, and libcurl repeats a POST where a connection that it kept open breaks.

    Args:
        body (ImageToVideoRequest | TextToVideoRequest): One task. `inputMode` tells which kind,
            and so which models may do it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[InsufficientCreditsError | InvalidRequestError | ServiceError | TaskReceipt]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: ImageToVideoRequest | TextToVideoRequest,
) -> InsufficientCreditsError | InvalidRequestError | ServiceError | TaskReceipt | None:
    """Generate video

     Submits a text-to-video or image-to-video task. The credits are debited on acceptance. Not
    idempotent: after a lost
    reply, look in the dashboard before you submit again. Let no HTTP library do so by itself: some
    follow a redirect
    with the whole request, and libcurl repeats a POST where a connection that it kept open breaks.

    Args:
        body (ImageToVideoRequest | TextToVideoRequest): One task. `inputMode` tells which kind,
            and so which models may do it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        InsufficientCreditsError | InvalidRequestError | ServiceError | TaskReceipt
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
