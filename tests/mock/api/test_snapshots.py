"""The spellings of a task."""


class TestSpelling:
    def test_quickstart_names_things_as_the_quickstart_page_does(self, server, under, client):
        quickstart = under("quickstart")
        task_id = quickstart.submit().json()["taskId"]
        pending = quickstart.poll(task_id).json()
        assert pending == {
            "id": task_id,
            "type": "video",
            "status": 0,
            "createdAt": pending["createdAt"],
            "completedAt": None,
            "creditsUsed": 5,
            "creditRefunded": False,
        }
        server.clock.advance(60)
        completed = quickstart.poll(task_id).json()
        assert (completed["status"], completed["completedAt"] > completed["createdAt"]) == (1, True)
        assert client.get(completed["outputVideoUrl"]).status_code == 200

    def test_quickstart_tells_of_a_failure_in_its_own_words(self, under):
        task_id = under("failed").submit_and_finish()
        failed = under("quickstart").poll(task_id).json()
        assert (failed["status"], failed["creditRefunded"], failed["errorCode"]) == (2, True, "EMPTY_RESULT")
        assert "outputVideoUrl" not in failed

    def test_null_fields_leaves_only_the_status_and_the_url(self, server, under):
        scenario = under("null-fields")
        task_id = scenario.submit().json()["taskId"]
        pending = scenario.poll(task_id).json()
        assert [name for name, value in pending.items() if value is not None] == ["status"]
        server.clock.advance(60)
        completed = scenario.poll(task_id).json()
        assert [name for name, value in completed.items() if value is not None] == ["status", "videoUrl"]
        assert {"createdAt", "updatedAt", "prompt"}.isdisjoint(completed)
