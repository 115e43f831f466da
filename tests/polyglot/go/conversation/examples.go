// The twenty requests that the spec gives as examples of generateVideo, under their names. Not here: sending them.

package main

import api "example.com/polyglot/client"

type example struct {
	name    string
	request api.GenerateVideoRequest
}

func examples() []example {
	return []example{
		{"sora2TextToVideo", text(api.TextToVideoRequest{
			Prompt:      "A slow cinematic dolly around a ceramic coffee cup on a kitchen island, morning light, 35mm film",
			Model:       api.TEXTTOVIDEOMODEL_SORA_2_TEXT_TO_VIDEO,
			AspectRatio: api.PtrString("16:9"),
			Duration:    api.DURATION__5.Ptr(),
		})},
		{"sora2ProTextToVideo", text(api.TextToVideoRequest{
			Prompt:      "A paper boat crosses a flooded street at dusk, reflections of neon signs",
			Model:       api.TEXTTOVIDEOMODEL_SORA_2_PRO_TEXT_TO_VIDEO,
			AspectRatio: api.PtrString("16:9"),
			Duration:    api.DURATION__10.Ptr(),
			Resolution:  api.PtrString("1080p"),
		})},
		{"sora2ImageToVideo", image(api.ImageToVideoRequest{
			Prompt:         "The cup begins to steam while the camera glides to the left",
			Model:          api.IMAGETOVIDEOMODEL_SORA_2_IMAGE_TO_VIDEO,
			InputImageUrls: []string{"https://example.com/cup.jpg"},
			Duration:       api.DURATION__5.Ptr(),
			Resolution:     api.PtrString("720p"),
		})},
		{"kling21Standard", image(api.ImageToVideoRequest{
			Prompt:         "The dancer turns once and looks into the camera",
			Model:          api.IMAGETOVIDEOMODEL_KLING_V2_1_STANDARD,
			InputImageUrls: []string{"https://example.com/dancer.jpg"},
			Duration:       api.DURATION__5.Ptr(),
		})},
		{"kling21Pro", image(api.ImageToVideoRequest{
			Prompt:         "Leaves drift past the window of a moving train",
			Model:          api.IMAGETOVIDEOMODEL_KLING_V2_1_PRO,
			InputImageUrls: []string{"https://example.com/train.jpg"},
			Duration:       api.DURATION__10.Ptr(),
		})},
		{"kling21MasterTextToVideo", text(api.TextToVideoRequest{
			Prompt:      "An old lighthouse in a storm, aerial view, waves break over the rocks",
			Model:       api.TEXTTOVIDEOMODEL_KLING_V2_1_MASTER_TEXT_TO_VIDEO,
			AspectRatio: api.PtrString("16:9"),
			Duration:    api.DURATION__5.Ptr(),
		})},
		{"hailuo02TextToVideoStandard", text(api.TextToVideoRequest{
			Prompt:   "A fox runs through fresh snow, low sun behind it",
			Model:    api.TEXTTOVIDEOMODEL_HAILUO_02_TEXT_TO_VIDEO_STANDARD,
			Duration: api.DURATION__5.Ptr(),
		})},
		{"hailuo02TextToVideoPro", text(api.TextToVideoRequest{
			Prompt:   "Macro shot of a watch movement, gears in slow motion",
			Model:    api.TEXTTOVIDEOMODEL_HAILUO_02_TEXT_TO_VIDEO_PRO,
			Duration: api.DURATION__10.Ptr(),
		})},
		{"hailuo02ImageToVideoStandard", image(api.ImageToVideoRequest{
			Prompt:         "The fox lifts its head and listens",
			Model:          api.IMAGETOVIDEOMODEL_HAILUO_02_IMAGE_TO_VIDEO_STANDARD,
			InputImageUrls: []string{"https://example.com/fox.jpg"},
			Duration:       api.DURATION__10.Ptr(),
		})},
		{"hailuo02ImageToVideoPro", image(api.ImageToVideoRequest{
			Prompt:         "The gears start to turn",
			Model:          api.IMAGETOVIDEOMODEL_HAILUO_02_IMAGE_TO_VIDEO_PRO,
			InputImageUrls: []string{"https://example.com/watch.jpg"},
			Duration:       api.DURATION__5.Ptr(),
		})},
		{"veo3FastTextToVideo", text(api.TextToVideoRequest{
			Prompt:      "A street musician plays the cello under a bridge, rain around her",
			Model:       api.TEXTTOVIDEOMODEL_VEO3_FAST,
			AspectRatio: api.PtrString("16:9"),
			Duration:    api.DURATION__8.Ptr(),
		})},
		{"veo3FastImageToVideo", image(api.ImageToVideoRequest{
			Prompt:         "The musician begins to play",
			Model:          api.IMAGETOVIDEOMODEL_VEO3_FAST,
			InputImageUrls: []string{"https://example.com/cello.jpg"},
		})},
		{"veo3TextToVideo", text(api.TextToVideoRequest{
			Prompt:   "A glassblower shapes a vase, sparks and orange light",
			Model:    api.TEXTTOVIDEOMODEL_VEO3,
			Duration: api.DURATION__8.Ptr(),
		})},
		{"veo3ImageToVideo", image(api.ImageToVideoRequest{
			Prompt:         "The vase cools from orange to clear",
			Model:          api.IMAGETOVIDEOMODEL_VEO3,
			InputImageUrls: []string{"https://example.com/vase.jpg"},
			Duration:       api.DURATION__8.Ptr(),
		})},
		{"veo3LiteTextToVideo", text(api.TextToVideoRequest{
			Prompt:      "A cat watches goldfish, seen from inside the bowl",
			Model:       api.TEXTTOVIDEOMODEL_VEO3_LITE,
			AspectRatio: api.PtrString("9:16"),
		})},
		{"veo3LiteImageToVideo", image(api.ImageToVideoRequest{
			Prompt:         "The cat blinks",
			Model:          api.IMAGETOVIDEOMODEL_VEO3_LITE,
			InputImageUrls: []string{"https://example.com/cat.jpg"},
			Duration:       api.DURATION__8.Ptr(),
		})},
		{"wan26TextToVideo", text(api.TextToVideoRequest{
			Prompt:   "Time lapse of a city square from noon to midnight",
			Model:    api.TEXTTOVIDEOMODEL_WAN_2_6_TEXT_TO_VIDEO,
			Duration: api.DURATION__10.Ptr(),
		})},
		{"wan26ImageToVideo", image(api.ImageToVideoRequest{
			Prompt:         "People begin to cross the square",
			Model:          api.IMAGETOVIDEOMODEL_WAN_2_6_IMAGE_TO_VIDEO,
			InputImageUrls: []string{"https://example.com/square.jpg"},
			Duration:       api.DURATION__5.Ptr(),
		})},
		{"seedance15ProTextToVideo", text(api.TextToVideoRequest{
			Prompt:   "Two paper cranes unfold and fly out of an open book",
			Model:    api.TEXTTOVIDEOMODEL_BYTEDANCE_SEEDANCE_1_5_PRO,
			Duration: api.DURATION__5.Ptr(),
		})},
		{"seedance15ProImageToVideo", image(api.ImageToVideoRequest{
			Prompt:         "The book closes by itself",
			Model:          api.IMAGETOVIDEOMODEL_BYTEDANCE_SEEDANCE_1_5_PRO,
			InputImageUrls: []string{"https://example.com/book.jpg"},
			Duration:       api.DURATION__5.Ptr(),
		})},
	}
}

// inputMode is a constant in the spec and an open string in the generated types, so it is set here alone.

func text(request api.TextToVideoRequest) api.GenerateVideoRequest {
	request.InputMode = "text_to_video"
	return api.TextToVideoRequestAsGenerateVideoRequest(&request)
}

func image(request api.ImageToVideoRequest) api.GenerateVideoRequest {
	request.InputMode = "image_to_video"
	return api.ImageToVideoRequestAsGenerateVideoRequest(&request)
}
