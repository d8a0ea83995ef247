/* SPDX-License-Identifier: Apache-2.0
 *
 * The built-in metrics: k6's names, types and units (reference: k6 documentation, "built-in
 * metrics"), then our own. One row gives the enum, the registry entry and the documentation.
 * METRIC_ROW(symbol, name, type, unit, text)
 */
#ifndef METRICS_METRIC_TABLE_H
#define METRICS_METRIC_TABLE_H

/* clang-format off */
#define METRIC_TABLE(METRIC_ROW)                                                                   \
    METRIC_ROW(VUS, "vus", GAUGE, DEFAULT, "virtual users running")                                \
    METRIC_ROW(VUS_MAX, "vus_max", GAUGE, DEFAULT, "virtual users initialised")                    \
    METRIC_ROW(ITERATIONS, "iterations", COUNTER, DEFAULT, "iterations completed")                 \
    METRIC_ROW(ITERATION_DURATION, "iteration_duration", TREND, TIME, "one iteration, from its intended start under an arrival rate") \
    METRIC_ROW(ITERATION_LATENESS, "iteration_lateness", TREND, TIME, "real start minus intended start") \
    METRIC_ROW(DROPPED_ITERATIONS, "dropped_iterations", COUNTER, DEFAULT, "iterations that could not start") \
    METRIC_ROW(CHECKS, "checks", RATE, DEFAULT, "checks that held")                                \
    METRIC_ROW(GROUP_DURATION, "group_duration", TREND, TIME, "one group() call")                  \
    METRIC_ROW(HTTP_REQS, "http_reqs", COUNTER, DEFAULT, "requests made")                          \
    METRIC_ROW(HTTP_REQ_FAILED, "http_req_failed", RATE, DEFAULT, "requests with an unexpected outcome") \
    METRIC_ROW(HTTP_REQ_DURATION, "http_req_duration", TREND, TIME, "sending + waiting + receiving") \
    METRIC_ROW(HTTP_REQ_BLOCKED, "http_req_blocked", TREND, TIME, "until a connection was there")  \
    METRIC_ROW(HTTP_REQ_CONNECTING, "http_req_connecting", TREND, TIME, "TCP connect")             \
    METRIC_ROW(HTTP_REQ_TLS_HANDSHAKING, "http_req_tls_handshaking", TREND, TIME, "TLS handshake") \
    METRIC_ROW(HTTP_REQ_SENDING, "http_req_sending", TREND, TIME, "writing the request")           \
    METRIC_ROW(HTTP_REQ_WAITING, "http_req_waiting", TREND, TIME, "until the first byte")          \
    METRIC_ROW(HTTP_REQ_RECEIVING, "http_req_receiving", TREND, TIME, "first to last byte")        \
    METRIC_ROW(HTTP_REQ_SEND_LATENESS, "http_req_send_lateness", TREND, TIME, "open model: from when it was due to the write") \
    METRIC_ROW(HTTP_REQ_DURATION_UNCORRECTED, "http_req_duration_uncorrected", TREND, TIME, "open model: http_req_duration from the write") \
    METRIC_ROW(CONNECTION_LOOKUP, "connection_lookup", TREND, TIME, "name of a new connection, bench only") \
    METRIC_ROW(CONNECTION_CONNECTING, "connection_connecting", TREND, TIME, "TCP connect of a new connection, bench only") \
    METRIC_ROW(CONNECTION_TLS_HANDSHAKING, "connection_tls_handshaking", TREND, TIME, "TLS handshake of a new connection, bench only") \
    METRIC_ROW(DATA_SENT, "data_sent", COUNTER, DATA, "bytes written to sockets")                  \
    METRIC_ROW(DATA_RECEIVED, "data_received", COUNTER, DATA, "bytes read from sockets")           \
    METRIC_ROW(HTTP_RETRIES, "http_retries", COUNTER, DEFAULT, "requests sent again because an idle connection was closed under them") \
    METRIC_ROW(HTTP_CUT, "http_cut", COUNTER, DEFAULT, "requests under way when the test ended")   \
    METRIC_ROW(LOOP_LAG, "loop_lag", TREND, TIME, "how late a worker noticed what was ready")
/* clang-format on */

#endif
