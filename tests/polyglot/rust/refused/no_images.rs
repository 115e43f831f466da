//! Must not compile: image-to-video without images. `conversation` has the like with them.

use client::{ImageToVideoModel, ImageToVideoRequest, ImageToVideoRequestInputMode};

fn main() {
    let _ = ImageToVideoRequest { // refused: missing field `input_image_urls`
        prompt: "The dancer turns once".into(),
        model: ImageToVideoModel::KlingV21Standard,
        input_mode: ImageToVideoRequestInputMode::ImageToVideo,
        aspect_ratio: None,
        duration: Some(5),
        resolution: None,
    };
}
