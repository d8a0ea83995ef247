-- after: one --two -t9 three
-- counts: exact
function init(args)
  print(#args, args[0]:match("^http://127.0.0.1:%d+/first/20/hello$") ~= nil)
  for i, value in ipairs(args) do print(i, value) end
end
