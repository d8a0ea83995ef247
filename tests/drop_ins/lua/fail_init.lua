function init() missing.field = 1 end
