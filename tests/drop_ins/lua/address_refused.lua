-- path: /hello
function setup(thread)
  thread.addr = wrk.lookup("127.0.0.1", "1")[1]
  print(thread.addr)
end
