/*
 * A reply that is not what was asked for, and what it says of itself, read through the generated types. Not here: the
 * names that the vectors give to such replies (Vectors).
 */
package polyglot;

import gptimage2.client.ApiException;
import gptimage2.model.InsufficientCreditsError;
import gptimage2.model.InvalidRequestError;
import gptimage2.model.ServiceError;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;

final class Refused extends Exception {
    /**
     * What the body says. Null is what it does not say, or not in a form that can be read.
     *
     * @param type the generated type that it was read through
     * @param required credits, of a 402
     * @param fieldErrors of a 400
     * @param formErrors of a 400
     */
    record Body(String type, String error, Integer required, Map<String, List<String>> fieldErrors,
            List<String> formErrors) {
    }

    private static final long serialVersionUID = 1L;
    private static final Pattern SECONDS = Pattern.compile("\\d{1,6}");

    private final int status;
    private final Integer retryAfter;
    private final transient Body body;

    /** A reply of success that is neither receipt nor task. */
    Refused(int status) {
        super("an unreadable reply with status " + status);
        this.status = status;
        this.retryAfter = null;
        this.body = new Body(null, null, null, null, null);
    }

    Refused(ApiException error) {
        super(error);
        status = error.getCode();
        // As a date it needs the clock of the server; who cares for that reads its Date header, too.
        retryAfter = error.getResponseHeaders().firstValue("Retry-After")
                .filter(SECONDS.asMatchPredicate()).map(Integer::valueOf).orElse(null);
        body = body(status, error.getResponseBody());
    }

    int status() {
        return status;
    }

    /** After how many seconds to come back; null where the service does not say. */
    Integer retryAfter() {
        return retryAfter;
    }

    Body body() {
        return body;
    }

    private static Body body(int status, String text) {
        return switch (status) {
            case 400 -> {
                var told = read(text, InvalidRequestError.class).orElseGet(InvalidRequestError::new);
                var details = Optional.ofNullable(told.getDetails());
                yield new Body(told.getClass().getSimpleName(), told.getError(), null,
                        details.map(them -> them.getFieldErrors()).orElseGet(Map::of),
                        details.map(them -> them.getFormErrors()).orElseGet(List::of));
            }
            case 402 -> {
                var told = read(text, InsufficientCreditsError.class).orElseGet(InsufficientCreditsError::new);
                yield new Body(told.getClass().getSimpleName(), told.getError(), told.getRequired(), null, null);
            }
            default -> {
                var told = read(text, ServiceError.class).orElseGet(ServiceError::new);
                yield new Body(told.getClass().getSimpleName(), told.getError(), null, null, null);
            }
        };
    }

    /** Proxies answer in HTML, or with nothing. */
    private static <T> Optional<T> read(String text, Class<T> type) {
        try {
            return Optional.ofNullable(Service.MAPPER.readValue(Objects.requireNonNullElse(text, ""), type));
        } catch (JacksonException unreadable) {
            return Optional.empty();
        }
    }
}
