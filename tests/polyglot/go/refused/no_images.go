//go:build ignore

// Image-to-video without images.
package main

import api "example.com/polyglot/client"

func main() {
	model := api.IMAGETOVIDEOMODEL_SORA_2_IMAGE_TO_VIDEO
	api.NewImageToVideoRequest("A cup", model, "image_to_video") // refused: not enough arguments
}
