"""OpenTelemetry's own instrumentations see each attempt as one span, without the key: no code of ours is needed."""

import pytest
from opentelemetry.instrumentation.aiohttp_client import AioHttpClientInstrumentor
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from support.scripted import reply

VEO = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
KEY = "a-real-key"


@pytest.fixture
def spans():
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    instrumentations = (HTTPXClientInstrumentor(), AioHttpClientInstrumentor())
    for instrumentation in instrumentations:
        instrumentation.instrument(tracer_provider=provider)
    yield exporter.get_finished_spans
    for instrumentation in instrumentations:
        instrumentation.uninstrument()


def test_one_span_for_each_attempt_and_none_holds_the_key(spans, scripted_clients, scripted):
    scripted.replies = [reply(429), reply(200, {"taskId": "tsk_1", "status": 0}), reply(503), reply(200, {"status": 0})]
    client = scripted_clients(KEY)
    client.get(client.submit(VEO))
    seen = [(span.attributes["http.method"], span.attributes["http.status_code"]) for span in spans()]
    assert [("POST", 429), ("POST", 200), ("GET", 503), ("GET", 200)] == seen
    assert KEY not in "".join(span.to_json() for span in spans())
    assert [f"Bearer {KEY}"] * 4 == [one.headers["authorization"] for one in scripted.seen]


def test_the_trace_goes_along_in_the_headers(spans, scripted_clients, scripted):
    """So a gateway of one's own can tell which call it was; the service gets it too."""
    scripted.replies = [reply(200, {"taskId": "tsk_1", "status": 0})]
    scripted_clients(KEY).submit(VEO)
    (span,) = spans()
    assert f"{span.context.trace_id:032x}" == scripted.seen[0].headers["traceparent"].split("-")[1]
