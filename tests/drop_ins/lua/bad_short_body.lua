function request() return "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc" end
