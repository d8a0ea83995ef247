-- path: /hello
function response() error("boom") end
