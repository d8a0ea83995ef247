-- counts: exact
-- wrk.init() replaces it.
function wrk.request() return "GET /nowhere HTTP/1.1\r\n\r\n" end
