# Says of each test vector what Ruby makes of it, one JSON object a line: requests with a JSON Schema validator, replies
# with the generated client over canned answers. Not here: what is right; the one who runs this compares.
require 'json'
require 'set' # json_schemer 0.2 uses Set, and Ruby 3.1 does not load it by itself
require 'json_schemer'

require_relative 'refusal'

def cases(kind) = JSON.parse(File.read("#{ENV.fetch('VECTORS')}/#{kind}.json")).fetch('cases')

# json_schemer 0.2 knows no draft after 7, and the spec's schemas use no word that 7 lacks.
SCHEMAS = Hash.new do |known, name|
  known[name] = JSONSchemer::Schema::Draft7.new(JSON.parse(File.read("#{ENV.fetch('SCHEMAS')}/#{name}.json")))
end

# Whether a body is JSON that the contract allows. The generated types cannot tell: they turn a word into the number 0.
def fits?(name, body)
  SCHEMAS[name].valid?(JSON.parse(body))
rescue JSON::ParserError
  false
end

# The generated client, over one reply that is given.
def client(method, path, reply)
  answer = [reply['status'], reply['headers'] || {}, reply['body']]
  config = Gptimage2Video::Configuration.new do |settings|
    settings.configure_faraday_connection do |connection|
      connection.adapter(:test) { |stub| stub.public_send(method, path) { answer } }
    end
  end
  Gptimage2Video::ApiClient.new(config)
end

ID = 'tsk_1'
REQUEST = Gptimage2Video::TextToVideoRequest.new(
  prompt: 'A ceramic cup', model: Gptimage2Video::TextToVideoModel::VEO3, input_mode: 'text_to_video'
)
CALLS = {
  'generateVideo' => lambda do |reply|
    Gptimage2Video::VideoApi.new(client(:post, '/api/ai/video/generate', reply)).generate_video(REQUEST)
  end,
  'getTask' => lambda do |reply|
    Gptimage2Video::TasksApi.new(client(:get, "/api/ai/tasks/#{ID}", reply)).get_task(ID)
  end
}.freeze
RESULTS = { 'generateVideo' => 'TaskReceipt', 'getTask' => 'TaskSnapshot' }.freeze

# The class of an error: a row for each status that means the same in both operations, and what is left to each.
CLASSES = {
  400 => 'BadRequest', 401 => 'Unauthorized', 402 => 'InsufficientCredits', 403 => 'Forbidden', 429 => 'RateLimited'
}.freeze
def error_class(operation, status)
  submission = operation == 'generateVideo'
  case status
  when *CLASSES.keys then CLASSES.fetch(status)
  when 404 then submission ? 'APIError' : 'TaskNotFound'
  when 400..499 then 'APIError'
  else
    next_best = status >= 500 ? 'ServerError' : 'UnexpectedReply'
    submission ? 'SubmissionUncertain' : next_best
  end
end

# What one reply became: nothing wrong where the contract allows it, an error's class and facts elsewhere.
def judged(operation, reply)
  CALLS.fetch(operation).call(reply)
  return { error: nil } if fits?(RESULTS.fetch(operation), reply['body'])

  { error: error_class(operation, reply['status']), status: reply['status'] }
rescue Gptimage2Video::ApiError => error
  { error: error_class(operation, error.code), status: error.code, **facts(error) }
rescue StandardError
  # A success whose body the types cannot take; the generated code raises whatever it stumbles on, without the status.
  { error: error_class(operation, reply['status']), status: reply['status'] }
end

def facts(error)
  told = Refusal.read(error)
  details = told.details if told.is_a?(Gptimage2Video::InvalidRequestError)
  {
    message: told&.error,
    required: (told.required if fits?('InsufficientCreditsError', error.response_body)),
    retryAfter: Integer(error.response_headers['Retry-After'] || '', exception: false),
    fieldErrors: details&.field_errors,
    formErrors: details&.form_errors
  }
end

def snapshot(body)
  task = CALLS['getTask'].call('status' => 200, 'body' => JSON.generate(body))
  {
    taskId: task.task_id || task.id,
    status: task.status,
    type: task.type,
    model: task.model,
    prompt: task.prompt,
    videoUrl: task.video_url || task.output_video_url || task.output_video_urls&.first,
    creditsUsed: task.credits_used,
    refunded: task.credits_refunded.nil? ? task.credit_refunded : task.credits_refunded,
    errorCode: task.error_code&.to_s,
    errorMessage: task.error_message,
    createdAt: task.created_at
  }
end

def tell(told, actual) = puts(JSON.generate(id: told['id'], actual: actual))

requests = SCHEMAS['GenerateVideoRequest']
cases('rules').each { |told| tell(told, accepted: requests.valid?(told['given']['request'])) }
cases('errors').each { |told| tell(told, judged(told['given']['operation'], told['given'])) }
cases('snapshots').each { |told| tell(told, task: snapshot(told['given']['body'])) }
