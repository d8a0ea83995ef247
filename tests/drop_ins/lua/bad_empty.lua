function request() return "" end
