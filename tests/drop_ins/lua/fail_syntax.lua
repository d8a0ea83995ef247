-- counts: exact
-- Only said; the test goes on without the script.
function (
