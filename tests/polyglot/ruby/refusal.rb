# An error of the service, read with the types that the generator made for it. The generated client raises an ApiError
# with the bare body; which type a status has is said in the spec, but not in the generated code.
require 'gptimage2_video'

module Refusal
  TYPES = { 400 => 'InvalidRequestError', 402 => 'InsufficientCreditsError' }.freeze
  Reply = Struct.new(:body, :headers)

  # The error as its type, as a ServiceError where the body is not what the contract says, or nil.
  def self.read(error)
    typed(error, TYPES.fetch(error.code, 'ServiceError')) || typed(error, 'ServiceError')
  end

  # The generated code raises a different exception for each way in which a body can be wrong.
  def self.typed(error, type)
    reply = Reply.new(error.response_body, error.response_headers)
    Gptimage2Video::ApiClient.default.deserialize(reply, type)
  rescue StandardError
    nil
  end
  private_class_method :typed
end
