# SPDX-License-Identifier: Apache-2.0
"""Clients beside HttpUser's; FastHttpUser is in fasthttp."""
