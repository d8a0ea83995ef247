-- path: /hello
local answers = 0
function response()
  answers = answers + 1
  if answers == 5 then os.exit(7) end
end
