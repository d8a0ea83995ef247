// SPDX-License-Identifier: Apache-2.0
const reader = require('./reader.js');
exports.text = open('./data.txt');
exports.viaOther = reader.read('./data.txt');
