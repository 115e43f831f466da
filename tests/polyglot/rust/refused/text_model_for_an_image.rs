//! Must not compile: a model that takes text alone, in a request that has an image. `conversation` has the right pairs.

use client::{ImageToVideoRequest, ImageToVideoRequestInputMode, TextToVideoModel};

fn main() {
    let _ = ImageToVideoRequest {
        prompt: "The cup begins to steam".into(),
        model: TextToVideoModel::Sora2TextToVideo, // refused: expected `ImageToVideoModel`, found `TextToVideoModel`
        input_mode: ImageToVideoRequestInputMode::ImageToVideo,
        input_image_urls: vec!["https://example.com/cup.jpg".into()],
        aspect_ratio: None,
        duration: Some(5),
        resolution: None,
    };
}
