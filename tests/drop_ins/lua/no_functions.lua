-- counts: exact
setup, init, request, response, delay, done = 1, 2, 3, {}, "five", false
