-- path: /first/20/mixed
-- counts: exact
function done(summary, latency, requests)
  local errors = summary.errors
  print(summary.requests, summary.duration > 900000, summary.bytes > 0)
  print(errors.connect, errors.read, errors.write, errors.status, errors.timeout)
  print(latency.min <= latency:percentile(50), latency:percentile(50) <= latency:percentile(99))
  print(latency.min <= latency.mean, latency.mean <= latency.max, latency.stdev >= 0)
  local count, last, rising = 0, 0, true
  for i = 1, #latency do
    local value, n = latency(i)
    rising = rising and value > last
    count, last = count + n, value
  end
  print(count, rising, last == latency.max, latency(1) == latency.min)
  print(#requests > 0, requests.max > 0, type(latency), type(requests))
  io.write("no end of line")
end
