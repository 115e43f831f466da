<?php

// From nothing to an mp4. What else can happen to a task is in conversation.php.

declare(strict_types=1);

use Gptimage2Video\Api\TasksApi;
use Gptimage2Video\Api\VideoApi;
use Gptimage2Video\Configuration;
use Gptimage2Video\Model\Duration;
use Gptimage2Video\Model\TextToVideoModel;
use Gptimage2Video\Model\TextToVideoRequest;
use GuzzleHttp\Client;

require 'autoload.php';

$config = Configuration::getDefaultConfiguration()
    ->setHost(getenv('GPTIMAGE2_BASE_URL'))
    ->setAccessToken(getenv('GPTIMAGE2_API_KEY'));
// Over a connection that it kept open, libcurl would repeat a submission whose reply was lost: paid twice.
$once = new Client(['curl' => [CURLOPT_FORBID_REUSE => true], 'allow_redirects' => false, 'timeout' => 60]);

$receipt = (new VideoApi($once, $config))->generateVideo(
    (new TextToVideoRequest())
        ->setPrompt('A slow cinematic dolly around a ceramic coffee cup')
        ->setModel(TextToVideoModel::HAILUO_02_TEXT_TO_VIDEO_STANDARD)
        ->setInputMode(TextToVideoRequest::INPUT_MODE_TEXT_TO_VIDEO)
        ->setDuration(Duration::NUMBER_5)
);
$tasks = new TasksApi($once, $config);
while (!in_array(($task = $tasks->getTask($receipt->getTaskId()))->getStatus(), [1, 2], true)) {
    usleep(20_000); // suits the mock; the service likes 2 seconds
}
if ($task->getStatus() === 2) {
    throw new RuntimeException("{$task->getErrorCode()}: {$task->getErrorMessage()}");
}

(new Client())->get($task->getVideoUrl(), ['sink' => 'cup.mp4']);
