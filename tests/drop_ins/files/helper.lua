-- A module of the user's own, for lua/libraries.lua.
return { double = function(x) return 2 * x end }
