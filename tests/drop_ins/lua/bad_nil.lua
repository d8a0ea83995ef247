function request() end
