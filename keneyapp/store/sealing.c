/* SPDX-License-Identifier: Apache-2.0
 *
 * Sealing copies rows, because they are the caller's; opening gathers a row's plain texts in one
 * buffer that the next row uses again.
 */
#include "keneyapp/store/sealing.h"

#include <stdio.h>

enum {
    SEALED_MAX_BYTES = 8 * 1024 * 1024,
};

bool sealing_needed(const struct vault *vault, const struct entity *entity)
{
    for (size_t i = 0; vault && i < entity->field_count; i++)
        if (entity->fields[i].flags & FIELD_SEALED)
            return true;
    return false;
}

static void seal(const struct vault *vault, const struct entity *entity, size_t field,
                 struct value *value, struct strbuf *sealed, struct arena *arena)
{
    strbuf_reset(sealed);
    vault_seal(vault, entity->table, entity->fields[field].name, value->text, sealed);
    *value = value_text(arena_dup_span(arena, strbuf_span(sealed)));
}

const struct value *sealing_rows(const struct vault *vault, const struct entity *entity,
                                 const struct value *rows, const uint64_t *masks, size_t count,
                                 struct arena *arena)
{
    AUTO(strbuf_done) struct strbuf sealed = STRBUF_INIT(SEALED_MAX_BYTES);
    size_t width = entity->field_count;
    struct value *copy = ARENA_NEW_ARRAY(arena, struct value, count * width);
    memcpy(copy, rows, count * width * sizeof(*rows));
    for (size_t field = 0; field < width; field++) {
        if (!(entity->fields[field].flags & FIELD_SEALED))
            continue;
        for (size_t row = 0; row < count; row++) {
            struct value *value = &copy[row * width + field];
            if (value->kind == VALUE_TEXT && (!masks || masks[row] >> field & 1))
                seal(vault, entity, field, value, &sealed, arena);
        }
    }
    return copy;
}

void opening_init(struct opening *opening, const struct vault *vault, on_row_fn *on_row,
                  void *context)
{
    *opening = (struct opening){
        .vault = vault,
        .on_row = on_row,
        .context = context,
        .text = STRBUF_INIT(SEALED_MAX_BYTES),
    };
}

void opening_done(struct opening *opening)
{
    strbuf_done(&opening->text);
}

/* A text's place in the buffer, which moves while it grows. */
struct place {
    size_t field, at, len;
};

/* 0 with the place, 1 when the text is to be taken as it is, -1 when it cannot be opened. */
static int open_field(struct opening *opening, const struct entity *entity, const struct value *row,
                      struct place *place)
{
    const char *column = entity->fields[place->field].name;
    place->at = opening->text.len;
    enum vault_result result =
        vault_open(opening->vault, entity->table, column, row[place->field].text, &opening->text);
    place->len = opening->text.len - place->at;
    if (result == VAULT_OPENED || result == VAULT_UNSEALED)
        return result == VAULT_UNSEALED;
    snprintf(opening->problem, sizeof(opening->problem),
             "%s.%s of row %lld %s; give the key that sealed it", entity->table, column,
             (long long)row[0].number, vault_result_text(result));
    return -1;
}

void opening_on_row(void *context, const struct entity *entity, const struct value *row)
{
    struct opening *opening = context;
    struct value opened[ENTITY_FIELDS_MAX];
    struct place places[ENTITY_FIELDS_MAX];
    size_t count = 0;
    strbuf_reset(&opening->text);
    memcpy(opened, row, entity->field_count * sizeof(*row));
    for (size_t i = 0; i < entity->field_count; i++) {
        if (!(entity->fields[i].flags & FIELD_SEALED) || row[i].kind != VALUE_TEXT)
            continue;
        places[count].field = i;
        int rc = open_field(opening, entity, row, &places[count]);
        if (rc < 0)
            return;
        count += rc == 0;
    }
    const char *text = strbuf_cstr(&opening->text);
    for (size_t i = 0; i < count; i++)
        opened[places[i].field] = value_text(span_of(text + places[i].at, places[i].len));
    opening->on_row(opening->context, entity, opened);
}
