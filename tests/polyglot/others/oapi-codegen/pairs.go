// Package pairs holds a request of each kind, as the generated types have it. It is compiled and never run.
package pairs

import "example.com/oapicodegen/api"

// Text is a video from words, with a control that the contract does not know.
func Text() (request api.GenerateVideoRequest, err error) {
	five := api.Duration(5)
	err = request.FromTextToVideoRequest(api.TextToVideoRequest{
		Prompt:               "A cup",
		Model:                api.TextToVideoModelSora2TextToVideo,
		Duration:             &five,
		AdditionalProperties: map[string]any{"seed": 7},
	})
	return request, err
}

// Image is a video from an image.
func Image() (request api.GenerateVideoRequest, err error) {
	err = request.FromImageToVideoRequest(api.ImageToVideoRequest{
		Prompt:         "The cup begins to steam",
		Model:          api.ImageToVideoModelKlingv21Pro,
		InputImageUrls: []api.ImageUrl{"https://example.com/cup.jpg"},
	})
	return request, err
}
