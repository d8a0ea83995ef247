function request() error("boom") end
