# SPDX-License-Identifier: Apache-2.0
"""What HttpUser's client is made of, by the rules of requests."""
