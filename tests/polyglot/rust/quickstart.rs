//! The shortest sensible way from nothing to `cup.mp4`. What may go wrong on it is shown by `conversation`.

use std::{env, fs, time::Duration};

use client::{GenerateVideoRequest, HttpClient, TextToVideoModel, TextToVideoRequest, TextToVideoRequestInputMode};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client =
        HttpClient::new().with_base_url(env::var("GPTIMAGE2_BASE_URL")?).with_api_key(env::var("GPTIMAGE2_API_KEY")?);
    let request = TextToVideoRequest {
        prompt: "A slow cinematic dolly around a ceramic coffee cup on a kitchen island, morning light".into(),
        model: TextToVideoModel::Hailuo02TextToVideoStandard,
        input_mode: TextToVideoRequestInputMode::TextToVideo,
        aspect_ratio: Some("16:9".into()),
        duration: Some(5),
        resolution: None,
        input_image_urls: None,
    };
    let receipt = client.generate_video(GenerateVideoRequest::TextToVideoRequest(request)).await?;
    // Nothing else leads back to what was paid for.
    eprintln!("{} for {} credits", receipt.task_id, receipt.credits_used);
    let url = loop {
        let task = client.get_task(&receipt.task_id).await?;
        match task.status {
            1 => break task.video_url.flatten().ok_or("the task has no video")?,
            2 => return Err(format!("the task failed: {:?}", task.error_code.flatten()).into()),
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    // Another client, which has no key to give away.
    let video = reqwest::get(url).await?.error_for_status()?.bytes().await?;
    Ok(fs::write("cup.mp4", video)?)
}
