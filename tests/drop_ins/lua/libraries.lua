-- counts: exact
local ffi = require("ffi")
local helper = require("helper")
print(bit.band(6, 3), type(jit.version), _VERSION, ffi.sizeof("long"), helper.double(21))
print(type(os.getenv("HOME")), type(debug.traceback()), string.format("%5.1f|%q", 2.25, "q"))
io.stderr:write("said on standard error\n")
