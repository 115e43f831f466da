/* A model that makes videos from text alone, asked for one from an image. */
import gptimage2.model.ImageToVideoRequest;
import gptimage2.model.TextToVideoModel;
import java.util.List;

final class TextModelInImageRequest {
    static ImageToVideoRequest request() {
        return new ImageToVideoRequest()
                .prompt("The cup begins to steam")
                .inputMode(ImageToVideoRequest.InputModeEnum.IMAGE_TO_VIDEO)
                .inputImageUrls(List.of("https://example.com/cup.jpg"))
                .model(TextToVideoModel.SORA_2_TEXT_TO_VIDEO); // refused: cannot be converted to ImageToVideoModel
    }
}
