function setup() error("boom") end
