/*
 * The service at one base URL under one key: the generated client, set up so that no reply is taken for something it is
 * not. Not here: what a reply of another kind says (Refused), and the two spellings of a task (Task).
 */
package polyglot;

import gptimage2.api.TasksApi;
import gptimage2.api.VideoApi;
import gptimage2.client.ApiClient;
import gptimage2.client.ApiException;
import gptimage2.model.GenerateVideoRequest;
import gptimage2.model.TaskReceipt;
import gptimage2.model.TaskSnapshot;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.deser.DeserializationProblemHandler;
import tools.jackson.databind.deser.ValueInstantiator;
import tools.jackson.databind.json.JsonMapper;

/** Not for several threads at once: it remembers the status of the last reply. */
final class Service {
    /** Reads replies: a value of another type than the contract's is as good as none, and is never bent to fit. */
    static final JsonMapper MAPPER = mapper();

    private final VideoApi video;
    private final TasksApi tasks;
    private int lastStatus;

    Service(String baseUrl, String key) {
        var client = new ApiClient(HttpClient.newBuilder(), MAPPER, baseUrl);
        // The generated client would wait for ever.
        client.setConnectTimeout(Duration.ofSeconds(10));
        client.setReadTimeout(Duration.ofSeconds(60));
        client.setRequestInterceptor(request -> request.setHeader("Authorization", "Bearer " + key));
        // The ApiException for a 2xx that cannot be read has lost the status.
        client.setResponseInterceptor(reply -> lastStatus = reply.statusCode());
        video = new VideoApi(client);
        tasks = new TasksApi(client);
    }

    /**
     * Submits a task, once. Where no receipt comes back, it may have been charged all the same.
     *
     * @throws Refused a reply came that is no receipt
     * @throws IOException no whole reply came
     */
    TaskReceipt submit(GenerateVideoRequest request) throws Refused, IOException {
        return answer(() -> video.generateVideo(request),
                receipt -> receipt.getTaskId() != null && !receipt.getTaskId().isEmpty());
    }

    /**
     * Looks at a task.
     *
     * @throws Refused a reply came that is no task
     * @throws IOException no whole reply came
     */
    TaskSnapshot look(String taskId) throws Refused, IOException {
        return answer(() -> tasks.getTask(taskId), task -> task.getStatus() != null);
    }

    private interface Call<T> {
        T make() throws ApiException;
    }

    /** The generated types hold null where the contract requires a value, so `whole` looks for what must be there. */
    private <T> T answer(Call<T> call, Predicate<T> whole) throws Refused, IOException {
        try {
            var answer = call.make();
            if (answer != null && whole.test(answer)) {
                return answer;
            }
            throw new Refused(lastStatus);
        } catch (ApiException error) {
            if (error.getCode() != 0) {
                throw new Refused(error);
            }
            if (error.getCause() instanceof JacksonException) {
                throw new Refused(lastStatus);
            }
            throw error.getCause() instanceof IOException lost ? lost : new InterruptedIOException(error.getMessage());
        }
    }

    private static JsonMapper mapper() {
        var generated = (JsonMapper) ApiClient.createDefaultObjectMapper();
        return generated.rebuild()
                .withCoercionConfigDefaults(scalars -> scalars
                        .setCoercion(CoercionInputShape.Boolean, CoercionAction.AsNull)
                        .setCoercion(CoercionInputShape.Float, CoercionAction.AsNull)
                        .setCoercion(CoercionInputShape.Integer, CoercionAction.AsNull)
                        .setCoercion(CoercionInputShape.String, CoercionAction.AsNull))
                .addHandler(new OtherTypesAreNull())
                .build();
    }

    /** What the coercions of scalars leave: a list or an object for something else, and a scalar for an object. */
    private static final class OtherTypesAreNull extends DeserializationProblemHandler {
        @Override
        public Object handleUnexpectedToken(DeserializationContext context, JavaType wanted, JsonToken token,
                JsonParser parser, String message) {
            parser.skipChildren();
            return null;
        }

        @Override
        public Object handleMissingInstantiator(DeserializationContext context, Class<?> wanted,
                ValueInstantiator instantiator, JsonParser parser, String message) {
            return null;
        }
    }
}
