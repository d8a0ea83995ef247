-- args: -t1 -c2 -d1s
-- path: /hello
local turn = 0
function delay()
  turn = turn + 1
  return turn % 2 == 0 and 100 or "150.9"
end
