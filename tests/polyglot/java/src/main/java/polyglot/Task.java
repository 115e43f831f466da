/*
 * A task, read from either spelling of the documentation. Not here: fetching it (Service).
 */
package polyglot;

import gptimage2.model.TaskSnapshot;
import java.util.Objects;

/** Null is what the service does not say. */
record Task(String taskId, Integer status, String type, String model, String prompt, String videoUrl,
        Integer creditsUsed, Boolean refunded, String errorCode, String errorMessage, String createdAt) {

    static Task of(TaskSnapshot told) {
        var urls = told.getOutputVideoUrls();
        var firstUrl = urls == null || urls.isEmpty() ? null : urls.get(0);
        return new Task(
                either(told.getTaskId(), told.getId()),
                told.getStatus(),
                told.getType(),
                told.getModel(),
                told.getPrompt(),
                either(told.getVideoUrl(), either(told.getOutputVideoUrl(), firstUrl)),
                told.getCreditsUsed(),
                either(told.getCreditsRefunded(), told.getCreditRefunded()),
                Objects.toString(told.getErrorCode(), null),
                told.getErrorMessage(),
                told.getCreatedAt());
    }

    private static <T> T either(T one, T other) {
        return one != null ? one : other;
    }
}
