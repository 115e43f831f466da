//go:build ignore

// A text-only model in an image-to-video request.
package main

import api "example.com/polyglot/client"

func main() {
	images := []string{"https://example.com/cup.jpg"}
	model := api.TEXTTOVIDEOMODEL_SORA_2_TEXT_TO_VIDEO
	api.NewImageToVideoRequest("A cup", images, model, "image_to_video") // refused: as api.ImageToVideoModel value
}
