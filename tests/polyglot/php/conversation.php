<?php

// Everything that may happen between a client and the service, and what the generated types show of it, one JSON object
// a line. Not here: what should have been seen; the one who runs this knows.

declare(strict_types=1);

use Gptimage2Video\Api\TasksApi;
use Gptimage2Video\Api\VideoApi;
use Gptimage2Video\ApiException;
use Gptimage2Video\Configuration;
use Gptimage2Video\Model\GenerateVideoRequest;
use Gptimage2Video\Model\ImageToVideoRequest;
use Gptimage2Video\Model\InsufficientCreditsError;
use Gptimage2Video\Model\InvalidRequestError;
use Gptimage2Video\Model\TaskReceipt;
use Gptimage2Video\Model\TaskSnapshot;
use Gptimage2Video\Model\TextToVideoRequest;
use Gptimage2Video\ObjectSerializer;
use GuzzleHttp\Client;

require 'autoload.php';

/** The generated client at one base URL with one key. */
final class Service
{
    private const PAUSE_MICROSECONDS = 20_000;

    // Over a connection that it kept open, libcurl would repeat a submission whose reply was lost.
    private const OPTIONS = ['curl' => [CURLOPT_FORBID_REUSE => true], 'allow_redirects' => false, 'timeout' => 60];

    private static Client $http;

    private readonly VideoApi $video;
    private readonly TasksApi $tasks;

    public function __construct(string $scenario = '', ?string $key = null)
    {
        $config = (new Configuration())
            ->setHost(getenv('GPTIMAGE2_BASE_URL') . ($scenario === '' ? '' : "/scenarios/$scenario"))
            ->setAccessToken($key ?? getenv('GPTIMAGE2_API_KEY'));
        // One for all, as in a program that lives long: a repeated submission would show, were a connection kept.
        self::$http ??= new Client(self::OPTIONS);
        $this->video = new VideoApi(self::$http, $config);
        $this->tasks = new TasksApi(self::$http, $config);
    }

    public function submit(TextToVideoRequest|ImageToVideoRequest $request): TaskReceipt
    {
        return $this->video->generateVideo($request);
    }

    public function task(string $id): TaskSnapshot
    {
        return $this->tasks->getTask($id);
    }

    /**
     * Every snapshot of a task up to the one that ends it. A status that nobody knows yet is no end.
     *
     * @return non-empty-list<TaskSnapshot>
     */
    public function follow(string $id): array
    {
        $snapshots = [$this->task($id)];
        while (!in_array(end($snapshots)->getStatus(), [1, 2], true)) {
            usleep(self::PAUSE_MICROSECONDS);
            $snapshots[] = $this->task($id);
        }
        return $snapshots;
    }

    /** A task from its submission to its end. */
    public function played(TextToVideoRequest|ImageToVideoRequest $request): TaskSnapshot
    {
        $snapshots = $this->follow($this->submit($request)->getTaskId());
        return end($snapshots);
    }
}

/** The videos are on another host, which must not see the key. */
function sha256(string $url): string
{
    return hash('sha256', (string) (new Client())->get($url)->getBody());
}

/** What a call that must be refused was answered, read from the type of its error. */
function refusal(callable $call): array
{
    try {
        $call();
        return ['httpStatus' => 200];
    } catch (ApiException $exception) {
        $told = $exception->getResponseObject();
        $saw = ['httpStatus' => $exception->getCode(), 'error' => $told->getError(), 'type' => $told::class];
        return $saw + match (true) {
            $told instanceof InvalidRequestError => [
                'fieldErrors' => $told->getDetails()->getFieldErrors(),
                'formErrors' => $told->getDetails()->getFormErrors(),
            ],
            $told instanceof InsufficientCreditsError => ['required' => $told->getRequired()],
            default => [],
        };
    }
}

/** Whether a submission was answered at all. Where the connection was lost, the exception has no status. */
function answered(Service $service, TextToVideoRequest|ImageToVideoRequest $request): bool
{
    try {
        $service->submit($request);
        return true;
    } catch (ApiException $exception) {
        if ($exception->getCode() !== 0) {
            throw $exception;
        }
        return false;
    }
}

function tell(string $case, array $saw): void
{
    echo json_encode(['case' => $case, 'saw' => $saw], JSON_THROW_ON_ERROR), "\n";
}

$spec = json_decode(file_get_contents(getenv('SPEC_JSON')), flags: JSON_THROW_ON_ERROR);
$operation = $spec->paths->{'/api/ai/video/generate'}->post;
$examples = array_map(
    static fn (object $example): TextToVideoRequest|ImageToVideoRequest
        => ObjectSerializer::deserialize($example->value, GenerateVideoRequest::class),
    (array) $operation->requestBody->content->{'application/json'}->examples,
);
$first = $examples['sora2TextToVideo'];
$reference = new Service();
$stranger = new Service(key: 'wrong-key');

foreach ($examples as $name => $request) {
    $receipt = $reference->submit($request);
    $snapshots = $reference->follow($receipt->getTaskId());
    $task = end($snapshots);
    tell($name, [
        'receiptStatus' => $receipt->getStatus(),
        'creditsUsed' => $receipt->getCreditsUsed(),
        'status' => $task->getStatus(),
        'model' => $task->getModel(),
        'sha256' => sha256($task->getVideoUrl()),
    ]);
}

foreach (['failed', 'unknown-error-code', 'integer-error-code'] as $scenario) {
    $task = (new Service($scenario))->played($first);
    tell($scenario, [
        'status' => $task->getStatus(),
        'errorCode' => $task->getErrorCode(),
        'errorMessage' => $task->getErrorMessage(),
        'creditsRefunded' => $task->getCreditsRefunded(),
    ]);
}

foreach (['extra-fields', 'null-fields', 'missing-fields'] as $scenario) {
    $task = (new Service($scenario))->played($first);
    tell($scenario, ['status' => $task->getStatus(), 'sha256' => sha256($task->getVideoUrl())]);
}

$service = new Service('unknown-status');
$snapshots = $service->follow($service->submit($first)->getTaskId());
$statuses = array_map(static fn (TaskSnapshot $task): int => $task->getStatus(), $snapshots);
tell('unknown-status', [
    'statuses' => array_values(array_unique($statuses)),
    'sha256' => sha256(end($snapshots)->getVideoUrl()),
]);

$service = new Service('quickstart');
$receipt = $service->submit($first);
$snapshots = $service->follow($receipt->getTaskId());
$task = end($snapshots);
tell('quickstart', [
    'id' => $task->getId() === $receipt->getTaskId(),
    'status' => $task->getStatus(),
    'creditRefunded' => $task->getCreditRefunded(),
    'sha256' => sha256($task->getOutputVideoUrl()),
]);

// setPrompt refuses an empty prompt before anything is sent; the constructor looks at nothing.
$empty = new TextToVideoRequest([
    'prompt' => '',
    'model' => $first->getModel(),
    'input_mode' => $first->getInputMode(),
    'aspect_ratio' => $first->getAspectRatio(),
    'duration' => $first->getDuration(),
]);
tell('bad-request', refusal(static fn () => $reference->submit($empty)));
tell('unauthorized', refusal(static fn () => $stranger->submit($first)));
tell('unauthorized-task', refusal(static fn () => $stranger->task('tsk_nobody_has')));
tell('insufficient-credits', refusal(static fn () => (new Service('insufficient-credits'))->submit($first)));
tell('not-found', refusal(static fn () => $reference->task('tsk_nobody_has')));
tell('server-error', refusal(static fn () => (new Service('submit-500'))->submit($first)));

// The lookup would leave a connection open, over which libcurl repeats a submission.
$forgetful = new Service('lost-reply');
refusal(static fn () => $forgetful->task('tsk_nobody_has'));
tell('lost-reply', ['answered' => answered($forgetful, $first)]);
