/*
 * The runner of the vectors: what this client makes of each reply, and a validator of each request.
 * Not here: the verdict (the matrix compares).
 */
package polyglot;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import gptimage2.model.GenerateVideoRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

public final class Vectors {
    private static final JsonMapper MAPPER = new JsonMapper();

    private record Line(String id, Object actual) {
    }

    private record Error(String error, int status, String message, Integer required, Integer retryAfter,
            Map<String, List<String>> fieldErrors, List<String> formErrors) {
    }

    public static void main(String[] arguments) throws Exception {
        rules();
        try (var replies = new Replies()) {
            var service = new Service(replies.url(), "test-key");
            snapshots(replies, service);
            errors(replies, service);
        }
    }

    private static void rules() throws IOException {
        var schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(Path.of(System.getenv("SCHEMAS"), "GenerateVideoRequest.json")));
        for (var each : cases("rules")) {
            var problems = schema.validate(each.at("/given/request").toString(), InputFormat.JSON);
            tell(each, Map.of("accepted", problems.isEmpty()));
        }
    }

    private static void snapshots(Replies replies, Service service) throws Exception {
        for (var each : cases("snapshots")) {
            replies.next(200, Map.of("Content-Type", "application/json"), each.at("/given/body").toString());
            tell(each, Map.of("task", Task.of(service.look("tsk_1"))));
        }
    }

    private static void errors(Replies replies, Service service) throws IOException {
        for (var each : cases("errors")) {
            var given = each.get("given");
            var headers = MAPPER.convertValue(given.get("headers"), new TypeReference<Map<String, String>>() { });
            replies.next(given.get("status").asInt(), headers, given.get("body").asString());
            tell(each, error(service, given.get("operation").asString()));
        }
    }

    private static Error error(Service service, String operation) throws IOException {
        try {
            switch (operation) {
                case "generateVideo" -> service.submit(new GenerateVideoRequest(Examples.first()));
                case "getTask" -> service.look("tsk_1");
                default -> throw new IllegalArgumentException(operation);
            }
        } catch (Refused refused) {
            var body = refused.body();
            return new Error(name(operation, refused.status()), refused.status(), body.error(), body.required(),
                    refused.retryAfter(), body.fieldErrors(), body.formErrors());
        }
        throw new IllegalStateException("accepted");
    }

    private static String name(String operation, int status) {
        var submission = operation.equals("generateVideo");
        return switch (status) {
            case 400 -> "BadRequest";
            case 401 -> "Unauthorized";
            case 402 -> "InsufficientCredits";
            case 403 -> "Forbidden";
            case 404 -> submission ? "APIError" : "TaskNotFound";
            case 429 -> "RateLimited";
            default -> {
                if (status / 100 == 4) {
                    yield "APIError";
                }
                if (submission) {
                    yield "SubmissionUncertain";
                }
                yield status / 100 == 5 ? "ServerError" : "UnexpectedReply";
            }
        };
    }

    private static JsonNode cases(String kind) {
        return MAPPER.readTree(Path.of(System.getenv("VECTORS"), kind + ".json")).get("cases");
    }

    private static void tell(JsonNode each, Object actual) {
        Lines.print(new Line(each.get("id").asString(), actual));
    }
}
