from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.service_error import ServiceError
from ...models.task_snapshot import TaskSnapshot
from ...types import Response


def _get_kwargs(
    id: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/ai/tasks/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ServiceError | TaskSnapshot | None:
    if response.status_code == 200:
        response_200 = TaskSnapshot.from_dict(response.json())

        return response_200

    if response.status_code == 401:
        response_401 = ServiceError.from_dict(response.json())

        return response_401

    if response.status_code == 404:
        response_404 = ServiceError.from_dict(response.json())

        return response_404

    if response.status_code == 500:
        response_500 = ServiceError.from_dict(response.json())

        return response_500

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ServiceError | TaskSnapshot]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    id: str,
    *,
    client: AuthenticatedClient | Client,
) -> Response[ServiceError | TaskSnapshot]:
    """Get a task

     The current snapshot of an image or video task. Polling every 2 seconds is safe. For a pending task
    the service asks
    its provider at most once every 30 seconds. A video takes typically 30 to 120 seconds;
    providers of such models report one to five minutes.

    Args:
        id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ServiceError | TaskSnapshot]
    """

    kwargs = _get_kwargs(
        id=id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: str,
    *,
    client: AuthenticatedClient | Client,
) -> ServiceError | TaskSnapshot | None:
    """Get a task

     The current snapshot of an image or video task. Polling every 2 seconds is safe. For a pending task
    the service asks
    its provider at most once every 30 seconds. A video takes typically 30 to 120 seconds;
    providers of such models report one to five minutes.

    Args:
        id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ServiceError | TaskSnapshot
    """

    return sync_detailed(
        id=id,
        client=client,
    ).parsed


async def asyncio_detailed(
    id: str,
    *,
    client: AuthenticatedClient | Client,
) -> Response[ServiceError | TaskSnapshot]:
    """Get a task

     The current snapshot of an image or video task. Polling every 2 seconds is safe. For a pending task
    the service asks
    its provider at most once every 30 seconds. A video takes typically 30 to 120 seconds;
    providers of such models report one to five minutes.

    Args:
        id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ServiceError | TaskSnapshot]
    """

    kwargs = _get_kwargs(
        id=id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: str,
    *,
    client: AuthenticatedClient | Client,
) -> ServiceError | TaskSnapshot | None:
    """Get a task

     The current snapshot of an image or video task. Polling every 2 seconds is safe. For a pending task
    the service asks
    its provider at most once every 30 seconds. A video takes typically 30 to 120 seconds;
    providers of such models report one to five minutes.

    Args:
        id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ServiceError | TaskSnapshot
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
        )
    ).parsed
