/* SPDX-License-Identifier: Apache-2.0
 *
 * Heap memory that cannot fail.
 */
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

NORETURN void mem_exhausted(size_t count, size_t size)
{
    fprintf(stderr,
            "out of memory: could not get %zu x %zu bytes; give this program more memory or ask "
            "less of it\n",
            count, size);
    _Exit(255);
}

void *mem_new(size_t count, size_t size)
{
    void *ptr = calloc(count ? count : 1, size ? size : 1);
    if (!ptr)
        mem_exhausted(count, size);
    return ptr;
}

void *mem_grow(void *ptr, size_t count, size_t size)
{
    void *grown = reallocarray(ptr, count ? count : 1, size ? size : 1);
    if (!grown)
        mem_exhausted(count, size);
    return grown;
}

char *mem_dup(const char *bytes, size_t len)
{
    char *copy = malloc(len + 1);
    if (!copy)
        mem_exhausted(1, len + 1);
    if (len)
        memcpy(copy, bytes, len);
    copy[len] = '\0';
    return copy;
}

char *mem_strdup(const char *text)
{
    return text ? mem_dup(text, strlen(text)) : NULL;
}

void mem_free(void *ptr_to_ptr)
{
    void **ptr = ptr_to_ptr;
    free(*ptr);
    *ptr = NULL;
}
