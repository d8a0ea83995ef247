// SPDX-License-Identifier: Apache-2.0
module.exports = { value: 42, fn: () => 'called' };
