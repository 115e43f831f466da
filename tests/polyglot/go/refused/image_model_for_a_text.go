//go:build ignore

// An image-only model in a text-to-video request.
package main

import api "example.com/polyglot/client"

func main() {
	model := api.IMAGETOVIDEOMODEL_SORA_2_IMAGE_TO_VIDEO
	api.NewTextToVideoRequest("A cup", model, "text_to_video") // refused: as api.TextToVideoModel value
}
