/* SPDX-License-Identifier: Apache-2.0
 *
 * Who somebody is in the clinic. ROLE_TABLE is the only place that names the roles: the bits that
 * routes check, the values of the column `role`, and what help and complaints list all follow it.
 */
#ifndef KENEYAPP_MODEL_ROLE_H
#define KENEYAPP_MODEL_ROLE_H

/* X(symbol, bit, name, what stands before the name in a sentence) */
#define ROLE_TABLE(X)                                                                              \
    X(ADMIN, 1 << 0, "admin", "")                                                                  \
    X(DOCTOR, 1 << 1, "doctor", ", ")                                                              \
    X(NURSE, 1 << 2, "nurse", ", ")                                                                \
    X(RECEPTIONIST, 1 << 3, "receptionist", ", ")                                                  \
    X(SUPER_ADMIN, 1 << 4, "super_admin", " or ")

#define ROLE_ENUM(symbol, bit, name, before) ROLE_##symbol = (bit),

enum role {
    ROLE_TABLE(ROLE_ENUM) /* ROLE_SUPER_ADMIN passes every check */
    ROLE_STAFF = ROLE_ADMIN | ROLE_DOCTOR | ROLE_NURSE | ROLE_RECEPTIONIST,
};

#undef ROLE_ENUM

/* All names as one literal: "admin, ... or super_admin". */
#define ROLE_SENTENCE_PART(symbol, bit, name, before) before name
#define ROLE_SENTENCE                                 ROLE_TABLE(ROLE_SENTENCE_PART)

/* The names, NULL-terminated. */
extern const char *const ROLE_NAMES[];

/* The bit of a role's name, 0 when it is none. */
unsigned role_of(const char *name);

#endif
