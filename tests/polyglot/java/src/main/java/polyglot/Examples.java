/*
 * The examples of `generateVideo` in the spec, by name, built as a user of the generated types builds a request.
 * Not here: what is done with them (Conversation).
 */
package polyglot;

import static gptimage2.model.Duration.NUMBER_10;
import static gptimage2.model.Duration.NUMBER_5;
import static gptimage2.model.Duration.NUMBER_8;

import gptimage2.model.GenerateVideoRequest;
import gptimage2.model.ImageToVideoModel;
import gptimage2.model.ImageToVideoRequest;
import gptimage2.model.TextToVideoModel;
import gptimage2.model.TextToVideoRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

final class Examples {
    private final Map<String, GenerateVideoRequest> byName = new LinkedHashMap<>();

    private Examples() {
        add("sora2TextToVideo", first());
        add("sora2ProTextToVideo",
                text(TextToVideoModel.SORA_2_PRO_TEXT_TO_VIDEO,
                        "A paper boat crosses a flooded street at dusk, reflections of neon signs")
                        .aspectRatio("16:9").duration(NUMBER_10).resolution("1080p"));
        add("sora2ImageToVideo",
                image(ImageToVideoModel.SORA_2_IMAGE_TO_VIDEO, "https://example.com/cup.jpg",
                        "The cup begins to steam while the camera glides to the left")
                        .duration(NUMBER_5).resolution("720p"));
        add("kling21Standard",
                image(ImageToVideoModel.KLING_V2_1_STANDARD, "https://example.com/dancer.jpg",
                        "The dancer turns once and looks into the camera").duration(NUMBER_5));
        add("kling21Pro",
                image(ImageToVideoModel.KLING_V2_1_PRO, "https://example.com/train.jpg",
                        "Leaves drift past the window of a moving train").duration(NUMBER_10));
        add("kling21MasterTextToVideo",
                text(TextToVideoModel.KLING_V2_1_MASTER_TEXT_TO_VIDEO,
                        "An old lighthouse in a storm, aerial view, waves break over the rocks")
                        .aspectRatio("16:9").duration(NUMBER_5));
        add("hailuo02TextToVideoStandard",
                text(TextToVideoModel.HAILUO_02_TEXT_TO_VIDEO_STANDARD,
                        "A fox runs through fresh snow, low sun behind it").duration(NUMBER_5));
        add("hailuo02TextToVideoPro",
                text(TextToVideoModel.HAILUO_02_TEXT_TO_VIDEO_PRO,
                        "Macro shot of a watch movement, gears in slow motion").duration(NUMBER_10));
        add("hailuo02ImageToVideoStandard",
                image(ImageToVideoModel.HAILUO_02_IMAGE_TO_VIDEO_STANDARD, "https://example.com/fox.jpg",
                        "The fox lifts its head and listens").duration(NUMBER_10));
        add("hailuo02ImageToVideoPro",
                image(ImageToVideoModel.HAILUO_02_IMAGE_TO_VIDEO_PRO, "https://example.com/watch.jpg",
                        "The gears start to turn").duration(NUMBER_5));
        add("veo3FastTextToVideo",
                text(TextToVideoModel.VEO3_FAST, "A street musician plays the cello under a bridge, rain around her")
                        .aspectRatio("16:9").duration(NUMBER_8));
        add("veo3FastImageToVideo",
                image(ImageToVideoModel.VEO3_FAST, "https://example.com/cello.jpg", "The musician begins to play"));
        add("veo3TextToVideo",
                text(TextToVideoModel.VEO3, "A glassblower shapes a vase, sparks and orange light").duration(NUMBER_8));
        add("veo3ImageToVideo",
                image(ImageToVideoModel.VEO3, "https://example.com/vase.jpg", "The vase cools from orange to clear")
                        .duration(NUMBER_8));
        add("veo3LiteTextToVideo",
                text(TextToVideoModel.VEO3_LITE, "A cat watches goldfish, seen from inside the bowl")
                        .aspectRatio("9:16"));
        add("veo3LiteImageToVideo",
                image(ImageToVideoModel.VEO3_LITE, "https://example.com/cat.jpg", "The cat blinks").duration(NUMBER_8));
        add("wan26TextToVideo",
                text(TextToVideoModel.WAN_2_6_TEXT_TO_VIDEO, "Time lapse of a city square from noon to midnight")
                        .duration(NUMBER_10));
        add("wan26ImageToVideo",
                image(ImageToVideoModel.WAN_2_6_IMAGE_TO_VIDEO, "https://example.com/square.jpg",
                        "People begin to cross the square").duration(NUMBER_5));
        add("seedance15ProTextToVideo",
                text(TextToVideoModel.BYTEDANCE_SEEDANCE_1_5_PRO,
                        "Two paper cranes unfold and fly out of an open book").duration(NUMBER_5));
        add("seedance15ProImageToVideo",
                image(ImageToVideoModel.BYTEDANCE_SEEDANCE_1_5_PRO, "https://example.com/book.jpg",
                        "The book closes by itself").duration(NUMBER_5));
    }

    static Map<String, GenerateVideoRequest> all() {
        return new Examples().byName;
    }

    /** A new one each time, since the generated requests can be changed. */
    static TextToVideoRequest first() {
        return text(TextToVideoModel.SORA_2_TEXT_TO_VIDEO,
                "A slow cinematic dolly around a ceramic coffee cup on a kitchen island, morning light, 35mm film")
                .aspectRatio("16:9").duration(NUMBER_5);
    }

    private void add(String name, TextToVideoRequest request) {
        byName.put(name, new GenerateVideoRequest(request));
    }

    private void add(String name, ImageToVideoRequest request) {
        byName.put(name, new GenerateVideoRequest(request));
    }

    private static TextToVideoRequest text(TextToVideoModel model, String prompt) {
        return new TextToVideoRequest().prompt(prompt).model(model)
                .inputMode(TextToVideoRequest.InputModeEnum.TEXT_TO_VIDEO);
    }

    private static ImageToVideoRequest image(ImageToVideoModel model, String image, String prompt) {
        return new ImageToVideoRequest().prompt(prompt).model(model).inputImageUrls(List.of(image))
                .inputMode(ImageToVideoRequest.InputModeEnum.IMAGE_TO_VIDEO);
    }
}
