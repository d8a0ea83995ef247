function request() return "GET /a b HTTP/1.1\r\n\r\n" end
