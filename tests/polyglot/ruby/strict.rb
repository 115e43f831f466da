# Makes an error of every warning about a file in this folder. Loaded before all else, with `ruby -w -r./strict`.
# What Debian's libraries warn of is not ours to mend, and stays a warning.
module StrictWarnings
  # The generator declares an attribute and then its checking writer, which Ruby remarks on; it is told once, here.
  REDEFINED = %r{/client/lib/\S+ warning: method redefined; discarding old \w+=$}

  def warn(message, ...)
    return if message.match?(REDEFINED)
    raise ScriptError, message if message.start_with?("#{__dir__}/") || !message.start_with?('/')

    super
  end
end

Warning.extend(StrictWarnings)
