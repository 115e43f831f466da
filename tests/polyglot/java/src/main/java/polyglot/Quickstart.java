/*
 * From nothing to cup.mp4, as short as is sensible. Not here: what to do about errors, and either spelling of a task
 * (Service, Task).
 */
package polyglot;

import gptimage2.api.TasksApi;
import gptimage2.api.VideoApi;
import gptimage2.client.ApiClient;
import gptimage2.model.Duration;
import gptimage2.model.GenerateVideoRequest;
import gptimage2.model.TextToVideoModel;
import gptimage2.model.TextToVideoRequest;
import gptimage2.model.TextToVideoRequest.InputModeEnum;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;

public final class Quickstart {
    public static void main(String[] arguments) throws Exception {
        var client = new ApiClient();
        client.updateBaseUri(System.getenv("GPTIMAGE2_BASE_URL"));
        var bearer = "Bearer " + System.getenv("GPTIMAGE2_API_KEY");
        client.setRequestInterceptor(request -> request.setHeader("Authorization", bearer));

        var cup = new TextToVideoRequest()
                .prompt("A slow cinematic dolly around a ceramic coffee cup on a kitchen island")
                .model(TextToVideoModel.HAILUO_02_TEXT_TO_VIDEO_STANDARD)
                .inputMode(InputModeEnum.TEXT_TO_VIDEO)
                .duration(Duration.NUMBER_5);
        var receipt = new VideoApi(client).generateVideo(new GenerateVideoRequest(cup));
        // Nothing else leads back to the task, so this comes first.
        System.out.println(receipt.getTaskId() + " for " + receipt.getCreditsUsed() + " credits");

        var tasks = new TasksApi(client);
        var task = tasks.getTask(receipt.getTaskId());
        while (task.getStatus() != 1 && task.getStatus() != 2) {
            Thread.sleep(20);
            task = tasks.getTask(receipt.getTaskId());
        }
        if (task.getVideoUrl() == null) {
            throw new IllegalStateException(task.getErrorCode() + ": " + task.getErrorMessage());
        }

        // A client of its own: the key is not for the host of the videos.
        var download = HttpRequest.newBuilder(URI.create(task.getVideoUrl())).build();
        var video = HttpClient.newHttpClient().send(download, BodyHandlers.ofByteArray());
        if (video.statusCode() != 200) {
            throw new IllegalStateException("no video: " + video.statusCode());
        }
        Files.write(Path.of("cup.mp4"), video.body());
    }
}
