-- One request again and again, from the words after `--`: method, path, key, body. Prints one line of JSON.
function init(args)
  wrk.method, wrk.path, wrk.body = args[1], args[2], args[4]
  wrk.headers["Authorization"] = "Bearer " .. args[3]
  if args[4] then wrk.headers["Content-Type"] = "application/json" end
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('{"requests": %d, "rate": %f, "p99": %f, "failed": %d}\n',
    summary.requests, summary.requests / summary.duration * 1e6, latency:percentile(99) / 1000, failed))
end
