<?php

// Says of each test vector what the generated client makes of it over a canned answer, one JSON object a line.
// Not here: what is right; the one who runs this compares. Nor the vectors of rules: Debian's JSON Schema validator
// for PHP knows draft 4 alone, whose words are enough for the schemas of replies and too few for that of a request.

declare(strict_types=1);

use Gptimage2Video\Api\TasksApi;
use Gptimage2Video\Api\VideoApi;
use Gptimage2Video\ApiException;
use Gptimage2Video\Model\InsufficientCreditsError;
use Gptimage2Video\Model\InvalidRequestError;
use Gptimage2Video\Model\ServiceError;
use Gptimage2Video\Model\TaskReceipt;
use Gptimage2Video\Model\TaskSnapshot;
use Gptimage2Video\Model\TextToVideoModel;
use Gptimage2Video\Model\TextToVideoRequest;
use Gptimage2Video\ObjectSerializer;
use GuzzleHttp\Client;
use GuzzleHttp\Handler\MockHandler;
use GuzzleHttp\HandlerStack;
use GuzzleHttp\Psr7\Response;
use JsonSchema\Validator;

require 'autoload.php';
require 'JsonSchema/autoload.php';

/** Those of one kind. */
function cases(string $kind): array
{
    return json_decode(file_get_contents(getenv('VECTORS') . "/$kind.json"), flags: JSON_THROW_ON_ERROR)->cases;
}

/**
 * Where a body is not what the contract says of this type. The types themselves cannot tell: they turn a word into 0.
 *
 * @return list<list<string>> the path of each misfit
 */
function misfits(mixed $body, string $type): array
{
    $name = (new $type())->getModelName();
    $validator = new Validator();
    // Without the pointer the validator would stop at the $ref that is the whole of the file, and accept everything.
    $validator->validate($body, (object) ['$ref' => 'file://' . getenv('SCHEMAS') . "/$name.json#/\$defs/$name"]);
    return array_map(static fn (array $error): array => explode('/', $error['pointer']), $validator->getErrors());
}

/** A body as its type, without what the contract does not allow; null where it is no object. */
function typed(string $text, string $type): InsufficientCreditsError|InvalidRequestError|ServiceError|null
{
    $body = json_decode($text);
    if (!$body instanceof stdClass) {
        return null;
    }
    foreach (misfits($body, $type) as $path) {
        $holder = isset($path[2]) ? $body->{$path[1]} : $body;
        unset($holder->{$path[2] ?? $path[1]});
    }
    return ObjectSerializer::deserialize($body, $type);
}

/** The call of an operation by the generated client, answered with one reply. */
function call(string $operation, Response $reply): TaskReceipt|TaskSnapshot
{
    $client = new Client(['handler' => HandlerStack::create(new MockHandler([$reply])), 'allow_redirects' => false]);
    if ($operation === 'getTask') {
        return (new TasksApi($client))->getTask('tsk_1');
    }
    $request = (new TextToVideoRequest())
        ->setPrompt('A ceramic cup')
        ->setModel(TextToVideoModel::VEO3)
        ->setInputMode(TextToVideoRequest::INPUT_MODE_TEXT_TO_VIDEO);
    return (new VideoApi($client))->generateVideo($request);
}

function errorClass(string $operation, int $status): string
{
    $submission = $operation === 'generateVideo';
    return match (true) {
        $status === 400 => 'BadRequest',
        $status === 401 => 'Unauthorized',
        $status === 402 => 'InsufficientCredits',
        $status === 403 => 'Forbidden',
        $status === 404 && !$submission => 'TaskNotFound',
        $status === 429 => 'RateLimited',
        $status >= 400 && $status <= 499 => 'APIError',
        $submission => 'SubmissionUncertain',
        $status >= 500 => 'ServerError',
        default => 'UnexpectedReply',
    };
}

/** What one reply became: nothing wrong where the contract allows it, an error's class and facts elsewhere. */
function judged(string $operation, Response $reply): array
{
    $status = $reply->getStatusCode();
    $text = (string) $reply->getBody();
    $told = null;
    try {
        $result = call($operation, $reply);
        if (misfits(json_decode($text), $result::class) === []) {
            return ['error' => null];
        }
    } catch (ApiException $exception) {
        $status = $exception->getCode();
        $told = $exception->getResponseObject();
    } catch (Throwable) {
        // A body that its type cannot take. The generated code raises whatever it stumbles on, and loses the status.
    }
    $facts = $status >= 400 ? facts($told, $status, $text) : [];
    return ['error' => errorClass($operation, $status), 'status' => $status] + $facts + retryAfter($reply);
}

/** What an error tells, from the client's own object where the body is what the contract says. */
function facts(?object $told, int $status, string $text): array
{
    $type = match ($status) {
        400 => InvalidRequestError::class,
        402 => InsufficientCreditsError::class,
        default => ServiceError::class,
    };
    if (!$told instanceof $type || misfits(json_decode($text), $type) !== []) {
        $told = typed($text, $type);
    }
    $details = $told['details'] ?? null;
    return [
        'message' => $told['error'] ?? null,
        'required' => $told['required'] ?? null,
        'fieldErrors' => $details['field_errors'] ?? null,
        'formErrors' => $details['form_errors'] ?? null,
    ];
}

function retryAfter(Response $reply): array
{
    $seconds = filter_var($reply->getHeaderLine('Retry-After'), FILTER_VALIDATE_INT, FILTER_NULL_ON_FAILURE);
    return ['retryAfter' => $seconds];
}

function snapshot(TaskSnapshot $task): array
{
    $code = $task->getErrorCode();
    return [
        'taskId' => $task->getTaskId() ?? $task->getId(),
        'status' => $task->getStatus(),
        'type' => $task->getType(),
        'model' => $task->getModel(),
        'prompt' => $task->getPrompt(),
        'videoUrl' => $task->getVideoUrl() ?? $task->getOutputVideoUrl() ?? $task->getOutputVideoUrls()[0] ?? null,
        'creditsUsed' => $task->getCreditsUsed(),
        'refunded' => $task->getCreditsRefunded() ?? $task->getCreditRefunded(),
        'errorCode' => is_int($code) ? (string) $code : $code,
        'errorMessage' => $task->getErrorMessage(),
        'createdAt' => $task->getCreatedAt(),
    ];
}

function tell(string $id, array $actual): void
{
    echo json_encode(['id' => $id, 'actual' => $actual], JSON_THROW_ON_ERROR), "\n";
}

foreach (cases('errors') as $case) {
    $given = $case->given;
    $reply = new Response($given->status, (array) $given->headers, $given->body);
    tell($case->id, judged($given->operation, $reply));
}

foreach (cases('snapshots') as $case) {
    tell($case->id, ['task' => snapshot(call('getTask', new Response(200, [], json_encode($case->given->body))))]);
}
