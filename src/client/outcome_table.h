/* SPDX-License-Identifier: Apache-2.0
 *
 * What can become of a request, with the error codes that k6 gives (k6 documentation, "Error
 * codes"). A row gives the enum, the `error_code` tag, the `error` text and the category that
 * accounting uses. Outcomes are data: whatever a peer does ends in one of these.
 * OUTCOME_ROW(symbol, code, text, category)
 * Categories: ANSWERED (a whole response), UNDELIVERED (no byte of the request left),
 * BROKEN (the request may have been seen), CUT (the test ended first).
 */
#ifndef CLIENT_OUTCOME_TABLE_H
#define CLIENT_OUTCOME_TABLE_H

/* clang-format off */
#define OUTCOME_TABLE(OUTCOME_ROW)                                                                 \
    OUTCOME_ROW(OK, 0, "", ANSWERED)                                                               \
    OUTCOME_ROW(GENERIC, 1000, "unknown error", BROKEN)                                            \
    OUTCOME_ROW(NON_TCP, 1010, "network error", UNDELIVERED)                                       \
    OUTCOME_ROW(INVALID_URL, 1020, "invalid URL", UNDELIVERED)                                     \
    OUTCOME_ROW(TIMEOUT, 1050, "request timeout", BROKEN)                                          \
    OUTCOME_ROW(DNS, 1100, "lookup failed", UNDELIVERED)                                           \
    OUTCOME_ROW(DNS_NO_SUCH_HOST, 1101, "lookup: no such host", UNDELIVERED)                       \
    OUTCOME_ROW(BLOCKED_IP, 1110, "IP is in a blacklisted range", UNDELIVERED)                     \
    OUTCOME_ROW(BLOCKED_HOSTNAME, 1111, "hostname is in a blocked pattern", UNDELIVERED)           \
    OUTCOME_ROW(TCP, 1200, "TCP error", BROKEN)                                                    \
    OUTCOME_ROW(BROKEN_PIPE, 1201, "write: broken pipe", BROKEN)                                   \
    OUTCOME_ROW(UNKNOWN_ERRNO, 1202, "unknown system error", BROKEN)                               \
    OUTCOME_ROW(DIAL, 1210, "dial: connection failed", UNDELIVERED)                                \
    OUTCOME_ROW(DIAL_TIMEOUT, 1211, "dial: i/o timeout", UNDELIVERED)                              \
    OUTCOME_ROW(DIAL_REFUSED, 1212, "dial: connection refused", UNDELIVERED)                       \
    OUTCOME_ROW(DIAL_UNKNOWN_ERRNO, 1213, "dial: unknown system error", UNDELIVERED)               \
    OUTCOME_ROW(DIAL_NO_SOCKET, 1213, "dial: there is no such Unix socket", UNDELIVERED)            \
    OUTCOME_ROW(DIAL_NO_PORT, 1213, "dial: no local port is free (keep connections, or widen net.ipv4.ip_local_port_range), or the local address is not of this machine", UNDELIVERED) \
    OUTCOME_ROW(DESCRIPTORS, 1215, "dial: too many open files", UNDELIVERED)                       \
    OUTCOME_ROW(RESET, 1220, "connection reset by peer", BROKEN)                                   \
    OUTCOME_ROW(CLOSED, 1221, "connection closed by peer before the whole response", BROKEN)       \
    OUTCOME_ROW(PROXY, 1230, "proxy: no way through it", UNDELIVERED)                              \
    OUTCOME_ROW(TLS, 1300, "TLS error", UNDELIVERED)                                               \
    OUTCOME_ROW(TLS_HEADER, 1301, "the server does not speak TLS here; use http:// or another port", UNDELIVERED) \
    OUTCOME_ROW(TLS_UNKNOWN_AUTHORITY, 1310, "x509: certificate signed by unknown authority", UNDELIVERED) \
    OUTCOME_ROW(TLS_HOSTNAME, 1311, "x509: certificate doesn't match hostname", UNDELIVERED)       \
    OUTCOME_ROW(TLS_EXPIRED, 1300, "x509: the server's certificate has expired", UNDELIVERED)      \
    OUTCOME_ROW(TLS_NOT_YET_VALID, 1300, "x509: the server's certificate is not yet valid; compare this machine's clock", UNDELIVERED) \
    OUTCOME_ROW(TLS_VERSION, 1300, "TLS: the server allows no version that is allowed here", UNDELIVERED) \
    OUTCOME_ROW(TLS_REFUSED, 1300, "TLS: the server refused the handshake: no common cipher, or it wants a client certificate", UNDELIVERED) \
    OUTCOME_ROW(TLS_CLIENT_CERTIFICATE, 1300, "TLS: the server wants a client certificate, or another than it was given", UNDELIVERED) \
    OUTCOME_ROW(TLS_NAME, 1300, "TLS: the server does not know the name that it was asked for (SNI)", UNDELIVERED) \
    OUTCOME_ROW(TLS_CLOSED, 1300, "TLS: the server closed the connection during the handshake", UNDELIVERED) \
    OUTCOME_ROW(HTTP_4XX, 1400, "", ANSWERED)                                                      \
    OUTCOME_ROW(HTTP_5XX, 1500, "", ANSWERED)                                                      \
    OUTCOME_ROW(MALFORMED, 1600, "malformed HTTP response", BROKEN)                                \
    OUTCOME_ROW(TOO_LARGE, 1601, "response larger than the limit", BROKEN)                         \
    OUTCOME_ROW(NO_HTTP2, 1602, "the server does not speak HTTP/2 here; ask for HTTP/1.1", UNDELIVERED) \
    OUTCOME_ROW(HTTP2_GOAWAY, 1610, "http2: received GoAway", BROKEN)                              \
    OUTCOME_ROW(HTTP2_STREAM, 1630, "http2: stream error", BROKEN)                                 \
    OUTCOME_ROW(HTTP2_CONNECTION, 1650, "http2: connection error", BROKEN)                         \
    OUTCOME_ROW(DECOMPRESSION, 1701, "the body could not be decompressed", BROKEN)                 \
    OUTCOME_ROW(CUT, 1090, "the test ended", CUT)
/* clang-format on */

#endif
