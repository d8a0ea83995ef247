-- path: /first/10/until_close
-- counts: exact
-- without: ^  Socket errors
local answers = 0
function setup(t) thread = t end
function response(status, headers, body) answers = answers + 1 n = answers text = body end
function done() print(thread:get("n"), thread:get("text")) end
