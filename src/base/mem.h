/* SPDX-License-Identifier: Apache-2.0
 *
 * Heap memory that cannot fail: running out ends the program with one line, because a load
 * generator without memory has no honest figure left to report. Any thread.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

#include "base/util.h"

/* Zeroed memory for `count` objects of `size` bytes. Owned by the caller; freed with free(). */
void *mem_new(size_t count, size_t size);

/* Like realloc() of `count` objects; new memory is not zeroed. */
void *mem_grow(void *ptr, size_t count, size_t size);

/* A NUL-terminated copy of `len` bytes. */
char *mem_dup(const char *bytes, size_t len);

/* A copy of a C string; NULL gives NULL. */
char *mem_strdup(const char *text);

/* Ends the program with one line: `count` x `size` bytes could not be had. */
NORETURN void mem_exhausted(size_t count, size_t size);

/* Cleanup function for AUTO(mem_free) char *p. */
void mem_free(void *ptr_to_ptr);

#define NEW(type)          ((type *)mem_new(1, sizeof(type)))
#define NEW_ARRAY(type, n) ((type *)mem_new((n), sizeof(type)))
#define GROW_ARRAY(ptr, n) ((__typeof__(ptr))mem_grow((ptr), (n), sizeof(*(ptr))))

#endif
