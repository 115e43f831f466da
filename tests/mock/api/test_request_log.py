"""The request log, without HTTP."""

from gptimage2_video_mock.api.request_log import RequestLog, RequestRecord


def test_the_log_keeps_the_last_thousand():
    log = RequestLog()
    for number in range(1003):
        log.add(RequestRecord("api", "GET", f"/{number}", {}, b"", "reference"))
    assert (len(log.records()), log.records()[0].path) == (1000, "/3")
