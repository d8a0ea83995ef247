function request() return "GET a HTTP/1.1\r\n\r\n" end
