// Command quickstart makes one video and saves it as cup.mp4: the shortest sensible use of the generated client. What
// else a program must reckon with is in conversation.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"

	api "example.com/polyglot/client"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	config := api.NewConfiguration()
	config.Servers[0].URL = os.Getenv("GPTIMAGE2_BASE_URL")
	client := api.NewAPIClient(config)
	ctx := context.WithValue(context.Background(), api.ContextAccessToken, os.Getenv("GPTIMAGE2_API_KEY"))

	request := api.NewTextToVideoRequest("Steam rises from a cup", api.TEXTTOVIDEOMODEL_VEO3_LITE, "text_to_video")
	receipt, _, err := client.VideoAPI.GenerateVideo(ctx).
		GenerateVideoRequest(api.TextToVideoRequestAsGenerateVideoRequest(request)).Execute()
	if err != nil {
		return err
	}
	log.Printf("%s costs %d credits", receipt.TaskId, receipt.CreditsUsed)

	for {
		task, _, err := client.TasksAPI.GetTask(ctx, receipt.TaskId).Execute()
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", receipt.TaskId, err)
		case task.Status == 1:
			return save(task.GetVideoUrl(), "cup.mp4")
		case task.Status == 2:
			return fmt.Errorf("%s failed: %s", receipt.TaskId, task.GetErrorMessage())
		}
		time.Sleep(20 * time.Millisecond) // the service itself wants 2 s
	}
}

func save(url, path string) error {
	response, err := http.Get(url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, response.Status)
	}
	video, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	return os.WriteFile(path, video, 0o644)
}
