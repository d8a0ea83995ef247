/* SPDX-License-Identifier: Apache-2.0
 *
 * A short memory of fixed size: values by name, each good until a time. Names are not kept, only a
 * SipHash of them (128 bits) under a random key of this process, so that a memory of tokens holds
 * no token, and nobody can choose names that fall together. When there is no room the value that
 * ends first goes.
 *
 * A value that was read from elsewhere may be old when it arrives here: whoever fills the memory
 * asks for the generation before reading, and a value of before a drop is not kept.
 *
 * All functions may be called by any thread and hold a lock for tens of nanoseconds.
 */
#ifndef KENEYAPP_AUTH_MEMO_H
#define KENEYAPP_AUTH_MEMO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/span.h"

struct memo;

struct memo_key {
    uint64_t hash[2];
};

/* For at least `values` values of `value_bytes` each. */
struct memo *memo_new(size_t values, size_t value_bytes);

/* NULL-safe. */
void memo_free(struct memo **memo);

struct memo_key memo_key(const struct memo *memo, struct span name);

/* One key for the name of a user in any case of its ASCII letters. */
struct memo_key memo_key_nocase(const struct memo *memo, struct span name);

/* Copies the value; false when there is none, or its time is over. */
bool memo_get(struct memo *memo, struct memo_key key, nsec_t now_ns, void *ret_value);

/* Moves on with every memo_drop() of the key (and of some others). */
uint64_t memo_generation(struct memo *memo, struct memo_key key);

/* Copies the value in, unless the key was dropped since `generation`. */
void memo_put(struct memo *memo, struct memo_key key, uint64_t generation, nsec_t until_ns,
              const void *value);

void memo_drop(struct memo *memo, struct memo_key key);

/* Changes the key's value where it lies; a new one is zeroed and ends at `now_ns`. `change` must
 * not wait; what it returns is when the value ends. */
void memo_change(struct memo *memo, struct memo_key key, nsec_t now_ns,
                 nsec_t (*change)(void *context, void *value), void *context);

#endif
