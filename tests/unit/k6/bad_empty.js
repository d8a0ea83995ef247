const a = 1;
// error: 255 no exported functions in script
