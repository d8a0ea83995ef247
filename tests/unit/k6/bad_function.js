export function a() {}
// error: 104 executor default: function 'default' not found in exports
