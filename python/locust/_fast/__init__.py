# SPDX-License-Identifier: Apache-2.0
"""What FastHttpUser's client is made of, by the rules of geventhttpclient."""
