function request() return 5 end
