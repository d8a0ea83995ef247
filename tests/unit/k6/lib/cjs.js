const http = require('k6/http');
exports.named = 5;
exports.http = http;
exports.esm = require('./esm.js');
