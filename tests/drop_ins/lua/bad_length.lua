function request() return "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n" end
