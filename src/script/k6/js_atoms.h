/* SPDX-License-Identifier: Apache-2.0
 *
 * Property names that hot paths look up, interned once per engine. The fields of a response come
 * first, in k6's order: their atoms number them. ATOM_ROW(name)
 */
#ifndef SCRIPT_K6_JS_ATOMS_H
#define SCRIPT_K6_JS_ATOMS_H

/* clang-format off */
#define RESPONSE_FIELD_TABLE(ATOM_ROW)                                                             \
    ATOM_ROW(remote_ip) ATOM_ROW(remote_port) ATOM_ROW(url) ATOM_ROW(status)                       \
    ATOM_ROW(status_text) ATOM_ROW(proto) ATOM_ROW(headers) ATOM_ROW(cookies) ATOM_ROW(body)       \
    ATOM_ROW(timings) ATOM_ROW(tls_version) ATOM_ROW(tls_cipher_suite) ATOM_ROW(ocsp)              \
    ATOM_ROW(error) ATOM_ROW(error_code) ATOM_ROW(request)

#define TIMING_FIELD_TABLE(ATOM_ROW)                                                               \
    ATOM_ROW(duration) ATOM_ROW(blocked) ATOM_ROW(looking_up) ATOM_ROW(connecting)                 \
    ATOM_ROW(tls_handshaking) ATOM_ROW(sending) ATOM_ROW(waiting) ATOM_ROW(receiving)

#define JS_ATOM_TABLE(ATOM_ROW)                                                                    \
    RESPONSE_FIELD_TABLE(ATOM_ROW)                                                                 \
    TIMING_FIELD_TABLE(ATOM_ROW)                                                                   \
    ATOM_ROW(length)

/* clang-format on */

enum js_atom {
#define ATOM_ENUM(name) ATOM_##name,
    JS_ATOM_TABLE(ATOM_ENUM)
#undef ATOM_ENUM
    ATOM_COUNT,
};

#define RESPONSE_FIELD_COUNT (ATOM_request + 1)

#endif
