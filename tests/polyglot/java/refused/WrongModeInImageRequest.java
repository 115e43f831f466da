/* A request with an image that says it has none. */
import gptimage2.model.ImageToVideoModel;
import gptimage2.model.ImageToVideoRequest;
import gptimage2.model.TextToVideoRequest;
import java.util.List;

final class WrongModeInImageRequest {
    static ImageToVideoRequest request() {
        return new ImageToVideoRequest()
                .prompt("The cup begins to steam")
                .model(ImageToVideoModel.VEO3)
                .inputImageUrls(List.of("https://example.com/cup.jpg"))
                .inputMode(TextToVideoRequest.InputModeEnum.TEXT_TO_VIDEO); // refused: cannot be converted
    }
}
