-- counts: exact
local function show(...)
  for i, address in ipairs(wrk.lookup(...)) do print(i, address, type(address)) end
end
show("127.0.0.1", "80")
show("127.0.0.1", 8080)
show("127.0.0.1", "https")
show("::1", "81")
show("127.0.0.1", nil)
print(wrk.connect(wrk.lookup("127.0.0.1", wrk.port)[1]), wrk.connect(wrk.lookup("127.0.0.1", 1)[1]))
print((pcall(wrk.connect, "127.0.0.1")))
