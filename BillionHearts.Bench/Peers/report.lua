-- Prints wrk's results as one line that Wrk.cs reads.
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('{"count":%d,"bytes":%d,"duration_us":%d,"failed":%d,"p50_us":%d,"p90_us":%d,"p99_us":%d,"p999_us":%d,"max_us":%d}\n',
    summary.requests, summary.bytes, summary.duration, errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50), latency:percentile(90), latency:percentile(99), latency:percentile(99.9), latency.max))
end
