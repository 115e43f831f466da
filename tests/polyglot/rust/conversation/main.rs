//! Says each case of the conversation to the service and prints what the generated client saw of the answer. What must
//! be seen is the caller's to know; the requests are in `requests`.

mod requests;

use std::{any::type_name_of_val, env, error::Error, fmt::Debug, time::Duration};

use client::{
    ApiError, ApiOpError, GenerateVideoApiError, GenerateVideoRequest, GetTaskApiError, HttpClient, HttpError,
    TaskReceipt, TaskSnapshot, TaskStatus, TextToVideoRequest,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

type Outcome<T> = Result<T, Box<dyn Error>>;
type Submission = Result<TaskReceipt, ApiOpError<GenerateVideoApiError>>;

const COMPLETED: TaskStatus = 1;
const FAILED: TaskStatus = 2;
const PAUSE: Duration = Duration::from_millis(20);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let service = Service { url: env::var("GPTIMAGE2_BASE_URL")?, key: env::var("GPTIMAGE2_API_KEY")? };
    for (name, request) in requests::all() {
        let ending = play(&service.client(), request).await?;
        tell(
            name,
            json!({
                "receiptStatus": ending.receipt.status,
                "creditsUsed": ending.receipt.credits_used,
                "status": ending.task.status,
                "model": ending.task.model,
                "sha256": digest(ending.task.video_url.flatten()).await?,
            }),
        );
    }
    for scenario in ["failed", "unknown-error-code", "integer-error-code"] {
        let task = play(&service.under(scenario), first()).await?.task;
        tell(
            scenario,
            json!({
                "status": task.status,
                "errorCode": task.error_code,
                "errorMessage": task.error_message,
                "creditsRefunded": task.credits_refunded,
            }),
        );
    }
    for scenario in ["extra-fields", "null-fields", "missing-fields"] {
        let task = play(&service.under(scenario), first()).await?.task;
        tell(scenario, json!({"status": task.status, "sha256": digest(task.video_url.flatten()).await?}));
    }
    let ending = play(&service.under("unknown-status"), first()).await?;
    tell(
        "unknown-status",
        json!({"statuses": ending.statuses, "sha256": digest(ending.task.video_url.flatten()).await?}),
    );
    let Ending { receipt, task, .. } = play(&service.under("quickstart"), first()).await?;
    tell(
        "quickstart",
        json!({
            "id": task.id.flatten() == Some(receipt.task_id),
            "status": task.status,
            "creditRefunded": task.credit_refunded,
            "sha256": digest(task.output_video_url.flatten()).await?,
        }),
    );
    refusals(&service).await
}

/// The cases that end in no task.
async fn refusals(service: &Service) -> Outcome<()> {
    let stranger = service.client().with_api_key("wrong-key");
    let wordless =
        GenerateVideoRequest::TextToVideoRequest(TextToVideoRequest { prompt: String::new(), ..requests::first() });
    for (name, client, request) in [
        ("bad-request", service.client(), wordless),
        ("unauthorized", stranger.clone(), first()),
        ("insufficient-credits", service.under("insufficient-credits"), first()),
        ("server-error", service.under("submit-500"), first()),
    ] {
        tell(name, refused_submission(refusal(client.generate_video(request).await)?)?);
    }
    for (name, client) in [("unauthorized-task", stranger), ("not-found", service.client())] {
        tell(name, refused_lookup(refusal(client.get_task("tsk_nobody_has").await)?)?);
    }
    // The lookup leaves a connection open, over which some HTTP libraries would repeat a submission.
    let forgetful = service.under("lost-reply");
    refusal(forgetful.get_task("tsk_nobody_has").await)?;
    let submission = forgetful.generate_video(first()).await;
    tell("lost-reply", json!({"answered": answered(&submission)?}));
    Ok(())
}

/// Where the API is, as seen from the program.
struct Service {
    url: String,
    key: String,
}

impl Service {
    fn client(&self) -> HttpClient {
        HttpClient::new().with_base_url(&self.url).with_api_key(&self.key)
    }

    /// The same where the mock misbehaves in the way of this name.
    fn under(&self, scenario: &str) -> HttpClient {
        self.client().with_base_url(format!("{}/scenarios/{scenario}", self.url))
    }
}

/// A task that has ended, with the statuses that it went through, each once.
struct Ending {
    receipt: TaskReceipt,
    task: TaskSnapshot,
    statuses: Vec<TaskStatus>,
}

async fn play(client: &HttpClient, request: GenerateVideoRequest) -> Outcome<Ending> {
    let receipt = client.generate_video(request).await?;
    let mut statuses = Vec::new();
    loop {
        let task = client.get_task(&receipt.task_id).await?;
        if !statuses.contains(&task.status) {
            statuses.push(task.status);
        }
        if matches!(task.status, COMPLETED | FAILED) {
            return Ok(Ending { receipt, task, statuses });
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn first() -> GenerateVideoRequest {
    GenerateVideoRequest::TextToVideoRequest(requests::first())
}

/// The SHA-256 of a video, fetched by a client that has no key to give away.
async fn digest(url: Option<String>) -> Outcome<String> {
    let url = url.ok_or("the task has no video")?;
    let video = reqwest::get(url).await?.error_for_status()?.bytes().await?;
    Ok(Sha256::digest(&video).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What the service refused with; an error where it did not refuse.
fn refusal<T: Debug, E: Debug + 'static>(reply: Result<T, ApiOpError<E>>) -> Outcome<ApiError<E>> {
    match reply {
        Err(ApiOpError::Api(refusal)) => Ok(refusal),
        Err(lost) => Err(lost.into()),
        Ok(accepted) => Err(format!("expected a refusal, got {accepted:?}").into()),
    }
}

fn refused_submission(refusal: ApiError<GenerateVideoApiError>) -> Outcome<Value> {
    use GenerateVideoApiError::{Status400, Status401, Status402, Status500};
    let status = refusal.status;
    Ok(match refusal.typed {
        Some(Status400(body)) => {
            let kind = type_name_of_val(&body);
            let details = body.details.unwrap_or_default();
            json!({
                "httpStatus": status,
                "error": body.error,
                "fieldErrors": details.field_errors,
                "formErrors": details.form_errors,
                "type": kind,
            })
        }
        Some(Status402(body)) => json!({
            "httpStatus": status,
            "error": body.error,
            "required": body.required,
            "type": type_name_of_val(&body),
        }),
        Some(Status401(body) | Status500(body)) => plain(status, &body),
        None => return Err(refusal.into()),
    })
}

fn refused_lookup(refusal: ApiError<GetTaskApiError>) -> Outcome<Value> {
    use GetTaskApiError::{Status401, Status404, Status500};
    match &refusal.typed {
        Some(Status401(body) | Status404(body) | Status500(body)) => Ok(plain(refusal.status, body)),
        None => Err(refusal.into()),
    }
}

fn plain(status: u16, body: &client::ServiceError) -> Value {
    json!({"httpStatus": status, "error": body.error, "type": type_name_of_val(body)})
}

/// Whether the service answered a submission. Where a connection was made and lost, nobody knows what became of it.
fn answered(submission: &Submission) -> Outcome<bool> {
    match submission {
        Ok(_) | Err(ApiOpError::Api(_)) => Ok(true),
        Err(ApiOpError::Transport(HttpError::Middleware(reqwest_middleware::Error::Reqwest(lost))))
            if lost.is_request() && !lost.is_connect() =>
        {
            Ok(false)
        }
        Err(ApiOpError::Transport(other)) => Err(other.to_string().into()),
    }
}

fn tell(case: &str, saw: Value) {
    println!("{}", json!({"case": case, "saw": saw}));
}
