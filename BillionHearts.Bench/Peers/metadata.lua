-- The calls of PeerBench, made by wrk. Arguments: post and the body, or get and a file of image ids.
local call, body
local ids = {}

function init(args)
  call = args[1]
  if call == "post" then
    body = args[2]
  else
    for id in io.lines(args[2]) do ids[#ids + 1] = id end
    math.randomseed(os.time())
  end
end

function request()
  if call == "post" then
    return wrk.format("POST", "/images/", { ["Content-Type"] = "application/json", ["Connection"] = "keep-alive" }, body)
  end
  return wrk.format("GET", "/images/" .. ids[math.random(#ids)])
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('{"count":%d,"duration_us":%d,"failed":%d,"p50_us":%d,"p90_us":%d,"p99_us":%d,"p999_us":%d,"max_us":%d}\n',
    summary.requests, summary.duration, errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50), latency:percentile(90), latency:percentile(99), latency:percentile(99.9), latency.max))
end
