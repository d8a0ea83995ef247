-- counts: exact
-- None of these waits.
local turn, delays = 0, { -5, 0, "word", 0.9 }
function delay()
  turn = turn + 1
  return delays[turn % 5]
end
