/*
 * Everything that the service may answer, asked of the mock, and what this client saw of it: one JSON object a line.
 * Not here: the requests (Examples), and what should have been seen (the matrix knows).
 */
package polyglot;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import gptimage2.model.GenerateVideoRequest;
import gptimage2.model.TaskReceipt;
import gptimage2.model.TaskSnapshot;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

public final class Conversation {
    private static final String BASE_URL = System.getenv("GPTIMAGE2_BASE_URL");
    private static final String KEY = System.getenv("GPTIMAGE2_API_KEY");
    private static final int COMPLETED = 1;
    private static final int FAILED = 2;
    /** Ten seconds; the mock needs two polls. */
    private static final int POLLS = 500;
    /** Another client than that of the API: the key is not for the host of the videos. */
    private static final HttpClient DOWNLOADS = HttpClient.newHttpClient();

    private record Paid(Integer receiptStatus, Integer creditsUsed, Integer status, String model, String sha256) {
    }

    private record Done(Integer status, String sha256) {
    }

    private record Failed(Integer status, Object errorCode, String errorMessage, Boolean creditsRefunded) {
    }

    private record Statuses(Set<Integer> statuses, String sha256) {
    }

    private record OtherSpelling(boolean id, Integer status, Boolean creditRefunded, String sha256) {
    }

    /** A fact that an error of this kind does not have is left out. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Refusal(int httpStatus, String error, Integer required, Map<String, List<String>> fieldErrors,
            List<String> formErrors, String type) {
    }

    private record Lost(boolean answered) {
    }

    private record Line(@JsonProperty("case") String name, Object saw) {
    }

    /** A task from its receipt to its end, with the statuses that it had before. */
    private record Course(TaskReceipt receipt, Set<Integer> statuses, TaskSnapshot end) {
    }

    private interface Attempt {
        void make() throws Refused, IOException;
    }

    public static void main(String[] arguments) throws Exception {
        var service = new Service(BASE_URL, KEY);
        for (var example : Examples.all().entrySet()) {
            var course = course(service, example.getValue());
            tell(example.getKey(), new Paid(course.receipt().getStatus(), course.receipt().getCreditsUsed(),
                    course.end().getStatus(), course.end().getModel(), sha256(Task.of(course.end()).videoUrl())));
        }
        for (var scenario : List.of("failed", "unknown-error-code", "integer-error-code")) {
            var end = courseUnder(scenario).end();
            tell(scenario, new Failed(end.getStatus(), end.getErrorCode(), end.getErrorMessage(),
                    end.getCreditsRefunded()));
        }
        for (var scenario : List.of("extra-fields", "null-fields", "missing-fields")) {
            var end = Task.of(courseUnder(scenario).end());
            tell(scenario, new Done(end.status(), sha256(end.videoUrl())));
        }
        var unknown = courseUnder("unknown-status");
        tell("unknown-status", new Statuses(unknown.statuses(), sha256(unknown.end().getVideoUrl())));
        var other = courseUnder("quickstart");
        tell("quickstart", new OtherSpelling(other.receipt().getTaskId().equals(other.end().getId()),
                other.end().getStatus(), other.end().getCreditRefunded(), sha256(other.end().getOutputVideoUrl())));

        var stranger = new Service(BASE_URL, "wrong-key");
        var empty = new GenerateVideoRequest(Examples.first().prompt(""));
        tell("bad-request", refusal(() -> service.submit(empty)));
        tell("unauthorized", refusal(() -> stranger.submit(first())));
        tell("unauthorized-task", refusal(() -> stranger.look("tsk_nobody_has")));
        tell("insufficient-credits", refusal(() -> under("insufficient-credits").submit(first())));
        tell("not-found", refusal(() -> service.look("tsk_nobody_has")));
        tell("server-error", refusal(() -> under("submit-500").submit(first())));

        // The lookup leaves a connection open, over which some HTTP libraries would repeat a submission.
        var forgetful = under("lost-reply");
        refusal(() -> forgetful.look("tsk_nobody_has"));
        tell("lost-reply", new Lost(isAnswered(() -> forgetful.submit(first()))));
    }

    private static GenerateVideoRequest first() {
        return new GenerateVideoRequest(Examples.first());
    }

    private static Service under(String scenario) {
        return new Service(BASE_URL + "/scenarios/" + scenario, KEY);
    }

    private static Course courseUnder(String scenario) throws Exception {
        return course(under(scenario), first());
    }

    private static Course course(Service service, GenerateVideoRequest request) throws Exception {
        var receipt = service.submit(request);
        var statuses = new LinkedHashSet<Integer>();
        for (int polls = 0; polls < POLLS; polls++) {
            var task = service.look(receipt.getTaskId());
            statuses.add(task.getStatus());
            if (task.getStatus() == COMPLETED || task.getStatus() == FAILED) {
                return new Course(receipt, statuses, task);
            }
            Thread.sleep(20);
        }
        throw new IllegalStateException(receipt.getTaskId() + " has not ended: " + statuses);
    }

    private static String sha256(String url) throws Exception {
        var video = DOWNLOADS.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofByteArray());
        if (video.statusCode() != 200) {
            throw new IllegalStateException(url + ": " + video.statusCode());
        }
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(video.body()));
    }

    private static Refusal refusal(Attempt attempt) throws IOException {
        try {
            attempt.make();
        } catch (Refused refused) {
            var body = refused.body();
            return new Refusal(refused.status(), body.error(), body.required(), body.fieldErrors(), body.formErrors(),
                    body.type());
        }
        throw new IllegalStateException("accepted");
    }

    private static boolean isAnswered(Attempt attempt) throws Refused {
        try {
            attempt.make();
            return true;
        } catch (IOException lost) {
            return false;
        }
    }

    private static void tell(String name, Object saw) {
        Lines.print(new Line(name, saw));
    }
}
