function request() return "GET / HTTP/1.1\r\nA b\r\n\r\n" end
