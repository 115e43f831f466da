//! The examples of `generateVideo` in the spec, by their names there, in the generated types. They are written out and
//! not read from the spec, so that the compiler sees that each can be said.

use client::{
    GenerateVideoRequest::{self, ImageToVideoRequest as Image, TextToVideoRequest as Text},
    ImageToVideoModel as ImageModel, ImageToVideoRequest, ImageToVideoRequestInputMode, TextToVideoModel as TextModel,
    TextToVideoRequest, TextToVideoRequestInputMode,
};

/// The first example, which the scenarios are played with.
pub fn first() -> TextToVideoRequest {
    TextToVideoRequest {
        aspect_ratio: Some("16:9".into()),
        duration: Some(5),
        ..text(
            TextModel::Sora2TextToVideo,
            "A slow cinematic dolly around a ceramic coffee cup on a kitchen island, morning light, 35mm film",
        )
    }
}

pub fn all() -> [(&'static str, GenerateVideoRequest); 20] {
    [
        ("sora2TextToVideo", Text(first())),
        (
            "sora2ProTextToVideo",
            Text(TextToVideoRequest {
                aspect_ratio: Some("16:9".into()),
                duration: Some(10),
                resolution: Some("1080p".into()),
                ..text(
                    TextModel::Sora2ProTextToVideo,
                    "A paper boat crosses a flooded street at dusk, reflections of neon signs",
                )
            }),
        ),
        (
            "sora2ImageToVideo",
            Image(ImageToVideoRequest {
                duration: Some(5),
                resolution: Some("720p".into()),
                ..image(
                    ImageModel::Sora2ImageToVideo,
                    "The cup begins to steam while the camera glides to the left",
                    "https://example.com/cup.jpg",
                )
            }),
        ),
        (
            "kling21Standard",
            Image(ImageToVideoRequest {
                duration: Some(5),
                ..image(
                    ImageModel::KlingV21Standard,
                    "The dancer turns once and looks into the camera",
                    "https://example.com/dancer.jpg",
                )
            }),
        ),
        (
            "kling21Pro",
            Image(ImageToVideoRequest {
                duration: Some(10),
                ..image(
                    ImageModel::KlingV21Pro,
                    "Leaves drift past the window of a moving train",
                    "https://example.com/train.jpg",
                )
            }),
        ),
        (
            "kling21MasterTextToVideo",
            Text(TextToVideoRequest {
                aspect_ratio: Some("16:9".into()),
                duration: Some(5),
                ..text(
                    TextModel::KlingV21MasterTextToVideo,
                    "An old lighthouse in a storm, aerial view, waves break over the rocks",
                )
            }),
        ),
        (
            "hailuo02TextToVideoStandard",
            Text(TextToVideoRequest {
                duration: Some(5),
                ..text(TextModel::Hailuo02TextToVideoStandard, "A fox runs through fresh snow, low sun behind it")
            }),
        ),
        (
            "hailuo02TextToVideoPro",
            Text(TextToVideoRequest {
                duration: Some(10),
                ..text(TextModel::Hailuo02TextToVideoPro, "Macro shot of a watch movement, gears in slow motion")
            }),
        ),
        (
            "hailuo02ImageToVideoStandard",
            Image(ImageToVideoRequest {
                duration: Some(10),
                ..image(
                    ImageModel::Hailuo02ImageToVideoStandard,
                    "The fox lifts its head and listens",
                    "https://example.com/fox.jpg",
                )
            }),
        ),
        (
            "hailuo02ImageToVideoPro",
            Image(ImageToVideoRequest {
                duration: Some(5),
                ..image(ImageModel::Hailuo02ImageToVideoPro, "The gears start to turn", "https://example.com/watch.jpg")
            }),
        ),
        (
            "veo3FastTextToVideo",
            Text(TextToVideoRequest {
                aspect_ratio: Some("16:9".into()),
                duration: Some(8),
                ..text(TextModel::Veo3Fast, "A street musician plays the cello under a bridge, rain around her")
            }),
        ),
        (
            "veo3FastImageToVideo",
            Image(image(ImageModel::Veo3Fast, "The musician begins to play", "https://example.com/cello.jpg")),
        ),
        (
            "veo3TextToVideo",
            Text(TextToVideoRequest {
                duration: Some(8),
                ..text(TextModel::Veo3, "A glassblower shapes a vase, sparks and orange light")
            }),
        ),
        (
            "veo3ImageToVideo",
            Image(ImageToVideoRequest {
                duration: Some(8),
                ..image(ImageModel::Veo3, "The vase cools from orange to clear", "https://example.com/vase.jpg")
            }),
        ),
        (
            "veo3LiteTextToVideo",
            Text(TextToVideoRequest {
                aspect_ratio: Some("9:16".into()),
                ..text(TextModel::Veo3Lite, "A cat watches goldfish, seen from inside the bowl")
            }),
        ),
        (
            "veo3LiteImageToVideo",
            Image(ImageToVideoRequest {
                duration: Some(8),
                ..image(ImageModel::Veo3Lite, "The cat blinks", "https://example.com/cat.jpg")
            }),
        ),
        (
            "wan26TextToVideo",
            Text(TextToVideoRequest {
                duration: Some(10),
                ..text(TextModel::Wan26TextToVideo, "Time lapse of a city square from noon to midnight")
            }),
        ),
        (
            "wan26ImageToVideo",
            Image(ImageToVideoRequest {
                duration: Some(5),
                ..image(
                    ImageModel::Wan26ImageToVideo,
                    "People begin to cross the square",
                    "https://example.com/square.jpg",
                )
            }),
        ),
        (
            "seedance15ProTextToVideo",
            Text(TextToVideoRequest {
                duration: Some(5),
                ..text(TextModel::BytedanceSeedance15Pro, "Two paper cranes unfold and fly out of an open book")
            }),
        ),
        (
            "seedance15ProImageToVideo",
            Image(ImageToVideoRequest {
                duration: Some(5),
                ..image(ImageModel::BytedanceSeedance15Pro, "The book closes by itself", "https://example.com/book.jpg")
            }),
        ),
    ]
}

fn text(model: TextModel, prompt: &str) -> TextToVideoRequest {
    TextToVideoRequest {
        prompt: prompt.into(),
        model,
        input_mode: TextToVideoRequestInputMode::TextToVideo,
        input_image_urls: None,
        aspect_ratio: None,
        duration: None,
        resolution: None,
    }
}

fn image(model: ImageModel, prompt: &str, url: &str) -> ImageToVideoRequest {
    ImageToVideoRequest {
        prompt: prompt.into(),
        model,
        input_mode: ImageToVideoRequestInputMode::ImageToVideo,
        input_image_urls: vec![url.into()],
        aspect_ratio: None,
        duration: None,
        resolution: None,
    }
}
