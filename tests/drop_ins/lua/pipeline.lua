-- path: /first/21/hello
-- counts: exact
-- Three at a time; the latency is that of the last.
function init()
  message = wrk.format(nil, "/first/21/hello") .. wrk.format("POST", "/first/21/echo", nil, "abc") ..
    wrk.format(nil, "/first/21/nothing")
  seen = ""
end
function request() return message end
function setup(t) thread = t end
function response(status, headers, body) seen = seen .. status .. #body .. " " end
function done(summary, latency)
  local count = 0
  for i = 1, #latency do
    local _, n = latency(i)
    count = count + n
  end
  print(summary.requests, thread:get("seen"), count)
end
