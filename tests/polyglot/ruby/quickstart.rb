# From nothing to an mp4. What else can happen to a task is in conversation.rb.
require 'gptimage2_video'
require 'open-uri'

service = URI(ENV.fetch('GPTIMAGE2_BASE_URL'))
Gptimage2Video.configure do |config|
  config.scheme = service.scheme
  config.host = "#{service.host}:#{service.port}"
  config.access_token = ENV.fetch('GPTIMAGE2_API_KEY')
end

receipt = Gptimage2Video::VideoApi.new.generate_video(
  Gptimage2Video::TextToVideoRequest.new(
    prompt: 'A slow cinematic dolly around a ceramic coffee cup',
    model: Gptimage2Video::TextToVideoModel::HAILUO_02_TEXT_TO_VIDEO_STANDARD,
    input_mode: 'text_to_video',
    duration: Gptimage2Video::Duration::N5
  )
)
tasks = Gptimage2Video::TasksApi.new
until [1, 2].include?((task = tasks.get_task(receipt.task_id)).status)
  sleep 0.02 # suits the mock; the service likes 2 seconds
end
raise "#{task.error_code}: #{task.error_message}" if task.status == 2

URI.parse(task.video_url).open('rb') { |video| IO.copy_stream(video, 'cup.mp4') }
