-- args: -t3 -c3 -d1s
-- path: /hello
local threads = {}
function setup(thread)
  threads[#threads + 1] = thread
  thread:set("id", #threads)
  thread:set("share", { 10, 20, name = "all" })
end
function init()
  print("init", id, share[2], share.name, wrk.thread:get("id"))
  answers, last = 0, nil
end
function response(status)
  answers = answers + 1
  last = status
end
function done(summary)
  local all = 0
  for i, thread in ipairs(threads) do
    all = all + thread:get("answers")
    print(i, thread:get("id"), thread:get("last"), type(thread.addr), thread:get("nothing"))
  end
  print(#threads, all == summary.requests)
end
