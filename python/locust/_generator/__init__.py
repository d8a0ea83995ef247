# SPDX-License-Identifier: Apache-2.0
"""Was the generator itself the limit? What a reader has to know before the figures."""
