//! Prints what each case of the vectors comes to here: with the generated client, and with a validator over the schema
//! of the request. Whether that is right is the caller's to know. Replies travel over a socket, so that all of the
//! client reads them.

use std::{env, error::Error, fs, io, path::Path};

use client::{
    ApiError, ApiOpError, GenerateVideoApiError, GenerateVideoRequest, GetTaskApiError, HttpClient,
    InsufficientCreditsError, InvalidRequestDetails, InvalidRequestDetailsFieldErrors, TaskSnapshot, TaskSnapshotErrorCode,
    TextToVideoModel, TextToVideoRequest, TextToVideoRequestInputMode,
};
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let vectors = env::var("VECTORS")?;
    let cases = |kind: &str| read(&Path::new(&vectors).join(kind));

    let schema = read(&Path::new(&env::var("SCHEMAS")?).join("GenerateVideoRequest.json"))?;
    let validator = jsonschema::validator_for(&schema)?;
    for case in list(&cases("rules.json")?["cases"])? {
        tell(case, json!({"accepted": validator.is_valid(&case["given"]["request"])}));
    }
    for case in list(&cases("snapshots.json")?["cases"])? {
        tell(case, json!({"task": task(serde_json::from_value(case["given"]["body"].clone())?)}));
    }
    let service = TcpListener::bind("127.0.0.1:0").await?;
    let http = reqwest::Client::builder().redirect(Policy::none()).build()?;
    let api = HttpClient::with_client(http).with_base_url(format!("http://{}", service.local_addr()?));
    for case in list(&cases("errors.json")?["cases"])? {
        let reply = http_text(&case["given"])?;
        tokio::select! {
            told = error(&api, &case["given"]) => tell(case, told?),
            Err(broken) = serve(&service, &reply) => return Err(broken.into()),
        }
    }
    Ok(())
}

/// The eleven fields of a task, from either spelling.
fn task(told: TaskSnapshot) -> Value {
    let first_of_many = || told.output_video_urls.flatten().and_then(|urls| urls.into_iter().next());
    json!({
        "taskId": told.task_id.flatten().or(told.id.flatten()),
        "status": told.status,
        "type": told.r#type,
        "model": told.model,
        "prompt": told.prompt,
        "videoUrl": told.video_url.flatten().or(told.output_video_url.flatten()).or_else(first_of_many),
        "creditsUsed": told.credits_used,
        "refunded": told.credits_refunded.flatten().or(told.credit_refunded.flatten()),
        "errorCode": told.error_code.flatten().map(text),
        "errorMessage": told.error_message,
        "createdAt": told.created_at,
    })
}

fn text(code: TaskSnapshotErrorCode) -> String {
    match code {
        TaskSnapshotErrorCode::String(word) => word,
        TaskSnapshotErrorCode::Integer(number) => number.to_string(),
    }
}

/// The error that a reply is, with its facts.
async fn error(api: &HttpClient, given: &Value) -> Outcome<Value> {
    match given["operation"].as_str() {
        Some("generateVideo") => match api.generate_video(request()).await {
            Err(ApiOpError::Api(refusal)) => facts(submission_error(refusal.status), refusal, given),
            // The generated type holds no `minLength`, and nothing leads from here to the task.
            Ok(receipt) if receipt.task_id.is_empty() => Ok(json!({"error": submission_error(200), "status": 200})),
            other => Err(format!("expected an error, got {other:?}").into()),
        },
        Some("getTask") => match api.get_task("tsk_1").await {
            Err(ApiOpError::Api(refusal)) => facts(lookup_error(refusal.status), refusal, given),
            other => Err(format!("expected an error, got {other:?}").into()),
        },
        other => Err(format!("there is no operation {other:?}").into()),
    }
}

/// Beyond a refusal nobody knows whether the submission was accepted.
fn submission_error(status: u16) -> &'static str {
    match status {
        404 => "APIError",
        400..=499 => refusal_error(status),
        _ => "SubmissionUncertain",
    }
}

fn lookup_error(status: u16) -> &'static str {
    match status {
        404 => "TaskNotFound",
        400..=499 => refusal_error(status),
        500..=599 => "ServerError",
        _ => "UnexpectedReply",
    }
}

fn refusal_error(status: u16) -> &'static str {
    match status {
        400 => "BadRequest",
        401 => "Unauthorized",
        402 => "InsufficientCredits",
        403 => "Forbidden",
        429 => "RateLimited",
        _ => "APIError",
    }
}

/// What the body of an error says, as far as it says it.
#[derive(Default)]
struct Facts {
    message: Option<String>,
    required: Option<i64>,
    details: InvalidRequestDetails,
}

impl From<client::ServiceError> for Facts {
    fn from(body: client::ServiceError) -> Self {
        Self { message: Some(body.error), ..Self::default() }
    }
}

impl From<GenerateVideoApiError> for Facts {
    fn from(typed: GenerateVideoApiError) -> Self {
        use GenerateVideoApiError::{Status400, Status401, Status402, Status500};
        match typed {
            Status400(body) => {
                Self { message: Some(body.error), details: body.details.unwrap_or_default(), ..Self::default() }
            }
            Status402(body) => Self { message: Some(body.error), required: Some(body.required), ..Self::default() },
            Status401(body) | Status500(body) => body.into(),
        }
    }
}

impl From<GetTaskApiError> for Facts {
    fn from(typed: GetTaskApiError) -> Self {
        use GetTaskApiError::{Status401, Status404, Status500};
        match typed {
            Status401(body) | Status404(body) | Status500(body) => body.into(),
        }
    }
}

impl Facts {
    /// From a body that is not what the contract says of this reply: the parts of it that are what it says of any.
    fn salvaged(body: &[u8]) -> Self {
        let Ok(plain) = serde_json::from_slice::<client::ServiceError>(body) else {
            return Self::default();
        };
        let details = plain.additional_properties.get("details").unwrap_or(&Value::Null);
        Self {
            message: Some(plain.error),
            required: serde_json::from_slice(body).ok().map(|short: InsufficientCreditsError| short.required),
            details: InvalidRequestDetails {
                field_errors: serde_json::from_value::<InvalidRequestDetailsFieldErrors>(
                    details["fieldErrors"].clone(),
                )
                .ok(),
                form_errors: serde_json::from_value(details["formErrors"].clone()).ok(),
                ..InvalidRequestDetails::default()
            },
        }
    }
}

fn facts<E: Into<Facts>>(error: &str, refusal: ApiError<E>, given: &Value) -> Outcome<Value> {
    let documented = given["documented"] == true;
    let facts = match refusal.typed {
        Some(typed) => typed.into(),
        None if documented => return Err(format!("what is documented was not read: {:?}", refusal.parse_error).into()),
        None => Facts::salvaged(&refusal.raw_body),
    };
    let retry_after = refusal.headers.get("Retry-After").and_then(|told| told.to_str().ok()?.parse::<u64>().ok());
    Ok(json!({
        "error": error,
        "status": refusal.status,
        "message": facts.message,
        "required": facts.required,
        "retryAfter": retry_after,
        "fieldErrors": facts.details.field_errors,
        "formErrors": facts.details.form_errors,
    }))
}

/// A request that would be accepted, where only the reply matters.
fn request() -> GenerateVideoRequest {
    GenerateVideoRequest::TextToVideoRequest(TextToVideoRequest {
        prompt: "A ceramic cup".into(),
        model: TextToVideoModel::Veo3,
        input_mode: TextToVideoRequestInputMode::TextToVideo,
        input_image_urls: None,
        aspect_ratio: None,
        duration: None,
        resolution: None,
    })
}

/// The reply of a vector as it goes over the wire. The end of the connection is the end of the body.
fn http_text(given: &Value) -> Outcome<String> {
    let headers = given["headers"].as_object().ok_or("the headers are no object")?;
    let headers = headers.iter().filter_map(|(name, value)| Some(format!("{name}: {}\r\n", value.as_str()?)));
    let body = given["body"].as_str().ok_or("the body is no text")?;
    Ok(format!("HTTP/1.1 {} \r\nConnection: close\r\n{}\r\n{body}", given["status"], headers.collect::<String>()))
}

/// Reads one request to its end and answers it.
async fn serve(service: &TcpListener, reply: &str) -> io::Result<()> {
    let (stream, _) = service.accept().await?;
    let mut stream = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    while stream.read_line(&mut line).await? > 2 {
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
        line.clear();
    }
    stream.read_exact(&mut vec![0; length]).await?;
    stream.write_all(reply.as_bytes()).await
}

fn read(path: &Path) -> Outcome<Value> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

fn list(value: &Value) -> Outcome<&Vec<Value>> {
    value.as_array().ok_or_else(|| "the cases are no list".into())
}

fn tell(case: &Value, actual: Value) {
    println!("{}", json!({"id": case["id"], "actual": actual}));
}
