//go:build refused

// Package refused must not compile: a text-only model in a request with an image.
package refused

import "example.com/oapicodegen/api"

var _ = api.ImageToVideoRequest{
	Prompt:         "The cup begins to steam",
	InputImageUrls: []api.ImageUrl{"https://example.com/cup.jpg"},
	Model:          api.TextToVideoModelSora2TextToVideo, // refused: cannot use api.TextToVideoModelSora2TextToVideo
}
