export default function () {
  let x = ;
}
// error: 107 bad_syntax.js:2:11: SyntaxError
