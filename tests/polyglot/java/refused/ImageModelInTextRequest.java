/* A model that makes videos from images alone, asked for one from text. */
import gptimage2.model.ImageToVideoModel;
import gptimage2.model.TextToVideoRequest;

final class ImageModelInTextRequest {
    static TextToVideoRequest request() {
        return new TextToVideoRequest()
                .prompt("A dancer turns once")
                .inputMode(TextToVideoRequest.InputModeEnum.TEXT_TO_VIDEO)
                .model(ImageToVideoModel.KLING_V2_1_PRO); // refused: cannot be converted to TextToVideoModel
    }
}
