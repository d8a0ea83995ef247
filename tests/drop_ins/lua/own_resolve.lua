-- counts: exact
function wrk.resolve(host, service)
  print(host, service == wrk.port)
  wrk.addrs = wrk.lookup("127.0.0.1", service)
end
