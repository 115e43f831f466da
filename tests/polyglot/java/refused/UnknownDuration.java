/* A length that no model has. */
import gptimage2.model.Duration;
import gptimage2.model.TextToVideoRequest;

final class UnknownDuration {
    static TextToVideoRequest request(TextToVideoRequest request) {
        return request.duration(Duration.NUMBER_7); // refused: cannot find symbol
    }
}
