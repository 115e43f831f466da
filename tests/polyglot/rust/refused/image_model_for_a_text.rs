//! Must not compile: a model that needs an image, in a request that has none. `conversation` has the right pairs.

use client::{TextToVideoModel, TextToVideoRequest, TextToVideoRequestInputMode};

fn main() {
    let _ = TextToVideoRequest {
        prompt: "The dancer turns once".into(),
        model: TextToVideoModel::KlingV21Standard, // refused: no variant or associated item named `KlingV21Standard`
        input_mode: TextToVideoRequestInputMode::TextToVideo,
        input_image_urls: None,
        aspect_ratio: None,
        duration: Some(5),
        resolution: None,
    };
}
