-- counts: exact
function init()
  function request() return wrk.format(nil, nil, { ["X-Late"] = "1" }) end
end
