-- counts: exact
-- What travels between states.
function setup(thread)
  thread:set("number", 1.5)
  thread:set("truth", true)
  thread:set("nothing", nil)
  thread:set("text", "plain")
  thread:set("list", { 1, 2, "three" })
  thread:set("record", { a = 1, b = false })
  thread:set(5, "a number for a name")
  print(thread:get("number"), thread:get("truth"), thread:get("nothing"), thread:get("text"))
  print(pcall(thread.set, thread, "f", function() end))
  print(pcall(thread.set, thread, "u", thread))
end
function init()
  print(number, truth, nothing, text, #list, list[3], record.a, record.b, _G["5"])
end
