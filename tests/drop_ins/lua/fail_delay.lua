-- path: /hello
function delay() error("boom") end
