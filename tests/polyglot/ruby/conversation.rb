# Everything that may happen between a client and the service, and what the generated types show of it, one JSON object
# a line. Not here: what should have been seen; the one who runs this knows.
require 'digest'
require 'json'
require 'open-uri'

require_relative 'refusal'

# The generated client at one base URL with one key.
class Service
  include Gptimage2Video

  PAUSE = 0.02

  def initialize(scenario: nil, key: ENV.fetch('GPTIMAGE2_API_KEY'))
    base = URI(ENV.fetch('GPTIMAGE2_BASE_URL'))
    client = ApiClient.new(
      Configuration.new do |config|
        config.scheme = base.scheme
        config.host = "#{base.host}:#{base.port}"
        config.base_path = "/scenarios/#{scenario}" if scenario
        config.access_token = key
      end
    )
    @video = VideoApi.new(client)
    @tasks = TasksApi.new(client)
  end

  def submit(request) = @video.generate_video(request)

  def task(id) = @tasks.get_task(id)

  # Every snapshot of a task up to the one that ends it. A status that nobody knows yet is no end.
  def follow(id)
    snapshots = [task(id)]
    until [1, 2].include?(snapshots.last.status)
      sleep PAUSE
      snapshots << task(id)
    end
    snapshots
  end
end

# The videos are on another host, which must not see the key.
def sha256(url) = Digest::SHA256.hexdigest(URI.parse(url).open('rb', &:read))

def failure(task)
  { status: task.status, errorCode: task.error_code, errorMessage: task.error_message,
    creditsRefunded: task.credits_refunded }
end

# What a call that must be refused was answered, and the facts of it that the block picks.
def refusal
  yield
  { httpStatus: 200 }
rescue Gptimage2Video::ApiError => error
  told = Refusal.read(error)
  { httpStatus: error.code, error: told.error, type: told.class.name, **facts(told) }
end

def facts(told)
  case told
  when Gptimage2Video::InvalidRequestError
    { fieldErrors: told.details.field_errors, formErrors: told.details.form_errors }
  when Gptimage2Video::InsufficientCreditsError
    { required: told.required }
  else
    {}
  end
end

def answered?(service, request)
  service.submit(request)
  true
rescue Gptimage2Video::ApiError => error
  raise unless error.cause.is_a?(Faraday::ConnectionFailed)

  false
end

def tell(name, saw) = puts(JSON.generate(case: name, saw: saw))

# GenerateVideoRequest.build would choose the type by itself, but looks for the discriminator under its Ruby name.
TYPES = {
  'text_to_video' => Gptimage2Video::TextToVideoRequest,
  'image_to_video' => Gptimage2Video::ImageToVideoRequest
}.freeze

operation = JSON.parse(File.read(ENV.fetch('SPEC_JSON'))).dig('paths', '/api/ai/video/generate', 'post')
examples = operation.dig('requestBody', 'content', 'application/json', 'examples').transform_values do |example|
  TYPES.fetch(example['value']['inputMode']).build_from_hash(example['value'])
end
first = examples.fetch('sora2TextToVideo')
reference = Service.new
stranger = Service.new(key: 'wrong-key')

examples.each do |name, request|
  receipt = reference.submit(request)
  task = reference.follow(receipt.task_id).last
  tell(name, receiptStatus: receipt.status, creditsUsed: receipt.credits_used, status: task.status, model: task.model,
             sha256: sha256(task.video_url))
end

%w[failed unknown-error-code integer-error-code].each do |scenario|
  service = Service.new(scenario: scenario)
  tell(scenario, failure(service.follow(service.submit(first).task_id).last))
end

%w[extra-fields null-fields missing-fields].each do |scenario|
  service = Service.new(scenario: scenario)
  task = service.follow(service.submit(first).task_id).last
  tell(scenario, status: task.status, sha256: sha256(task.video_url))
end

service = Service.new(scenario: 'unknown-status')
snapshots = service.follow(service.submit(first).task_id)
tell('unknown-status', statuses: snapshots.map(&:status).uniq, sha256: sha256(snapshots.last.video_url))

service = Service.new(scenario: 'quickstart')
receipt = service.submit(first)
task = service.follow(receipt.task_id).last
tell('quickstart', id: task.id == receipt.task_id, status: task.status, creditRefunded: task.credit_refunded,
                   sha256: sha256(task.output_video_url))

# The types refuse an empty prompt before anything is sent, so it takes a bare hash to send one.
tell('bad-request', refusal { reference.submit(first.to_hash.merge(prompt: '')) })
tell('unauthorized', refusal { stranger.submit(first) })
tell('unauthorized-task', refusal { stranger.task('tsk_nobody_has') })
tell('insufficient-credits', refusal { Service.new(scenario: 'insufficient-credits').submit(first) })
tell('not-found', refusal { reference.task('tsk_nobody_has') })
tell('server-error', refusal { Service.new(scenario: 'submit-500').submit(first) })

# The lookup would leave a connection open, over which some HTTP libraries repeat a submission.
forgetful = Service.new(scenario: 'lost-reply')
refusal { forgetful.task('tsk_nobody_has') }
tell('lost-reply', answered: answered?(forgetful, first))
