function wrk.resolve() wrk.addrs = {} end
