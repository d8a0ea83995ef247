// SPDX-License-Identifier: Apache-2.0
const other = require('./other.js');
exports.name = 'common';
exports.other = other;
exports.file = typeof __filename;
