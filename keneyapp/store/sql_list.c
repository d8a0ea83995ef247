/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists: which rows, in which order, how many.
 *
 * There are two ways to a page of what matches. Looking up takes an index on what is asked for,
 * then sorts; walking takes the index that has the order and leaves out what does not match, until
 * the page is full. Which one is shorter depends on how many rows match. PostgreSQL has statistics
 * for that; for SQLite the store counts first, and a "+" before a column keeps its index out.
 */
#include <stdio.h>

#include "keneyapp/model/fold.h"
#include "keneyapp/store/sql_private.h"

/* Sorts after every text that begins as it does: the last code point of Unicode. */
#define AFTER_ALL "\xf4\x8f\xbf\xbf"

/* The words of a search, folded, with one space between them in memory. */
struct words {
    struct span list[SEARCH_WORDS_MAX];
    size_t count, leading; /* the one that is looked up: it matches the fewest rows */
};

/* The longest word leads. Of numbers the last one does: all telephone numbers begin alike, and
 * nothing but one of them goes on to its end. */
static bool leads(struct span word, struct span leading)
{
    static const char NUMBER[] = "+0123456789";
    bool is_number = strchr(NUMBER, word.ptr[0]), was_number = strchr(NUMBER, leading.ptr[0]);
    return was_number || (!is_number && word.len > leading.len);
}

static void split_words(struct sql *sql, struct span search, struct words *ret)
{
    struct span rest = fold_text(&sql->arena, search);
    char *to = arena_alloc(&sql->arena, rest.len + 1);
    *ret = (struct words){0};
    while (rest.len && ret->count < SEARCH_WORDS_MAX) {
        struct span word = span_cut(rest, ' ', &rest);
        if (!word.len)
            continue;
        memcpy(to, word.ptr, word.len);
        to[word.len] = ' ';
        ret->list[ret->count] = span_of(to, word.len);
        if (leads(word, ret->list[ret->leading]))
            ret->leading = ret->count;
        ret->count++;
        to += word.len + 1;
    }
}

/* From the first of these words to the end of the last one. */
static struct span phrase(const struct words *words, size_t first, size_t last)
{
    const struct span *end = &words->list[last];
    return span_of(words->list[first].ptr, (size_t)(end->ptr + end->len - words->list[first].ptr));
}

static struct value end_of_range(struct sql *sql, struct span word)
{
    char *end = arena_alloc(&sql->arena, word.len + sizeof(AFTER_ALL));
    memcpy(end, word.ptr, word.len);
    memcpy(end + word.len, AFTER_ALL, sizeof(AFTER_ALL) - 1);
    return value_text(span_of(end, word.len + sizeof(AFTER_ALL) - 1));
}

/* "(a field begins with the text) OR (another ...)"; the tenant in each branch, so that each has an
 * index. */
static void add_beginnings(struct sql *sql, const struct entity *entity, struct span text,
                           bool indexed, const char *before)
{
    const char *unindexed = indexed ? "" : sql->dialect->unindexed;
    sql_push(sql, value_text(text));
    sql_push(sql, end_of_range(sql, text));
    size_t from = sql->param_count - 1;
    for (size_t i = 0; i < entity->field_count; i++) {
        if (!(entity->fields[i].flags & FIELD_SEARCHED))
            continue;
        const char *name = entity->fields[i].name;
        strbuf_addf(&sql->text, "%s(%stenant_id = ", before, unindexed);
        sql_mark(sql, 1);
        strbuf_addf(&sql->text, " AND %s%s_key >= ", unindexed, name);
        sql_mark(sql, from);
        strbuf_addf(&sql->text, " AND %s%s_key < ", unindexed, name);
        sql_mark(sql, from + 1);
        strbuf_addc(&sql->text, ')');
        before = " OR ";
    }
}

/* A field begins with the word, or with words of the search that lead up to it: "de la Tour" is one
 * name, none of which begins with "tour". */
static void add_word(struct sql *sql, const struct entity *entity, const struct words *words,
                     size_t at, bool indexed)
{
    const char *before = " AND (";
    for (size_t first = at + 1; first-- > 0; before = " OR ")
        add_beginnings(sql, entity, phrase(words, first, at), indexed, before);
    strbuf_addc(&sql->text, ')');
}

bool sql_has_keys(const struct entity *entity)
{
    for (size_t i = 0; i < entity->field_count; i++)
        if (entity->fields[i].flags & FIELD_SEARCHED)
            return true;
    return false;
}

static void add_search(struct sql *sql, const struct entity *entity, struct span search,
                       bool in_order)
{
    struct words words;
    split_words(sql, search, &words);
    if (words.count && !sql_has_keys(entity)) {
        strbuf_adds(&sql->text, " AND 1 = 0");
        return;
    }
    if (words.count)
        add_word(sql, entity, &words, words.leading, !in_order);
    for (size_t i = 0; i < words.count; i++)
        if (i != words.leading)
            add_word(sql, entity, &words, i, false);
}

static void add_range(struct sql *sql, const struct entity *entity, const struct filter *filter)
{
    strbuf_addf(&sql->text, " AND %s BETWEEN ", entity->fields[filter->field].name);
    sql_param(sql, filter->value);
    strbuf_adds(&sql->text, " AND ");
    sql_mark(sql, sql->param_count);
}

/* Names of users and addresses are the same in any case, as their indexes have them. */
static void add_nocase(struct sql *sql, const char *name, struct span text, bool indexed)
{
    char *folded = arena_dup(&sql->arena, text);
    fold_ascii(text, folded);
    strbuf_addf(&sql->text, " AND %slower(%s) = ", indexed ? "" : sql->dialect->unindexed, name);
    sql_param(sql, value_text(span_of(folded, text.len)));
}

static bool is_nocase(const struct field *field)
{
    return field->type == FIELD_EMAIL || field->flags & FIELD_HANDLE;
}

static void add_filter(struct sql *sql, const struct entity *entity, const struct filter *filter,
                       bool indexed)
{
    static const char *const OPERATORS[] = {
        [FILTER_EQUAL] = " = ", [FILTER_FROM] = " >= ", [FILTER_BEFORE] = " < "};
    const struct field *field = &entity->fields[filter->field];
    if (is_nocase(field) && filter->kind == FILTER_EQUAL) {
        add_nocase(sql, field->name, filter->value.text, indexed);
        return;
    }
    strbuf_addf(&sql->text, " AND %s%s", indexed ? "" : sql->dialect->unindexed, field->name);
    if (filter->kind == FILTER_IN) {
        sql_in(sql, filter->ids, filter->id_count);
    } else {
        strbuf_adds(&sql->text, OPERATORS[filter->kind]);
        sql_param(sql, filter->value);
    }
}

/* The log's order is that of time, which its index has. */
static const struct field *order_field(enum entity_id id, const struct list_query *query)
{
    const struct entity *entity = entity_get(id);
    int field = query->sort_field;
    if (id == ENTITY_AUDIT && field == 0)
        field = entity_field(entity, SPAN("timestamp"));
    return &entity->fields[field];
}

bool sql_has_ordered_index(enum entity_id id, const struct list_query *query)
{
    const struct entity *entity = entity_get(id);
    char columns[160];
    if (query->filter_count != 1 || query->filters[0].kind != FILTER_EQUAL || query->search.len)
        return false;
    int len = snprintf(columns, sizeof(columns), "tenant_id, %s, %s",
                       entity->fields[query->filters[0].field].name, order_field(id, query)->name);
    for (size_t i = 0; i < entity->index_count; i++)
        if (strncmp(entity->indexes[i].columns, columns, (size_t)len) == 0)
            return true;
    return false;
}

/* The filter whose value comes first in the order, or NULL. PostgreSQL takes a value that is given
 * for no part of an order, and may walk another index that has the rest of it: to the other end,
 * when all rows with this value lie there. As the bounds of a range, the value is part of it. */
static const struct filter *leading_filter(const struct sql *sql, enum entity_id id,
                                           const struct list_query *query)
{
    bool leads = sql->dialect->values_lead && sql_has_ordered_index(id, query);
    return leads ? query->filters : NULL;
}

/* Few rows have the same patient or doctor, and the tenant follows from it. */
static bool has_reference(const struct entity *entity, const struct list_query *query)
{
    for (size_t i = 0; i < query->filter_count; i++)
        if (entity->fields[query->filters[i].field].references)
            return true;
    return false;
}

/* Parameter 1 is the tenant in all of this. */
static void add_matching(struct sql *sql, enum entity_id id, int64_t tenant,
                         const struct list_query *query, bool in_order)
{
    const struct entity *entity = entity_get(id);
    strbuf_adds(&sql->text, " FROM ");
    strbuf_adds(&sql->text, entity->table);
    sql_scope(sql, id, tenant, in_order || !(query->search.len || has_reference(entity, query)));
    for (size_t i = 0; i < query->filter_count; i++) {
        const struct filter *filter = &query->filters[i];
        bool of_order = order_field(id, query) == &entity->fields[filter->field];
        if (filter == leading_filter(sql, id, query))
            add_range(sql, entity, filter);
        else
            add_filter(sql, entity, filter, !in_order || of_order);
    }
    add_search(sql, entity, query->search, in_order);
}

static void add_order(struct sql *sql, enum entity_id id, const struct list_query *query)
{
    const struct field *field = order_field(id, query);
    const struct filter *leading = leading_filter(sql, id, query);
    const char *direction = query->descending ? " DESC" : "";
    strbuf_adds(&sql->text, " ORDER BY ");
    if (leading)
        strbuf_addf(&sql->text, "%s%s, ", entity_get(id)->fields[leading->field].name, direction);
    if (field != &entity_get(id)->fields[0])
        strbuf_addf(&sql->text, "%s%s%s, ", field->name,
                    field->flags & FIELD_SEARCHED ? "_key" : "", direction);
    strbuf_addf(&sql->text, "id%s", direction);
}

void sql_list(struct sql *sql, enum entity_id id, int64_t tenant, const struct list_query *query,
              bool in_order)
{
    sql_reset(sql);
    strbuf_adds(&sql->text, "SELECT ");
    sql_add_columns(&sql->text, entity_get(id));
    add_matching(sql, id, tenant, query, in_order);
    add_order(sql, id, query);
    strbuf_adds(&sql->text, " LIMIT ");
    if (query->limit < 0)
        strbuf_adds(&sql->text, sql->dialect->every_row);
    else
        sql_param(sql, value_int(query->limit));
    strbuf_adds(&sql->text, " OFFSET ");
    sql_param(sql, value_int(query->skip));
}

/* The only condition is a value whose rows the database has counted already. */
static bool is_kept(const struct sql *sql, enum entity_id id, const struct list_query *query)
{
    const struct filter *filter = query->filters;
    return sql->dialect->keeps_value_counts && query->filter_count == 1 && !query->search.len &&
           filter->kind == FILTER_EQUAL &&
           entity_get(id)->fields[filter->field].flags & FIELD_COUNTED;
}

static void add_kept_count(struct sql *sql, enum entity_id id, int64_t tenant,
                           const struct filter *filter)
{
    const struct entity *entity = entity_get(id);
    strbuf_adds(&sql->text, "SELECT CAST(coalesce(sum(row_count), 0) AS BIGINT) FROM value_counts");
    sql_scope(sql, id, tenant, true);
    strbuf_adds(&sql->text, " AND table_name = ");
    sql_param(sql, value_text(span_cstr(entity->table)));
    strbuf_adds(&sql->text, " AND field_name = ");
    sql_param(sql, value_text(span_cstr(entity->fields[filter->field].name)));
    strbuf_adds(&sql->text, " AND value = ");
    sql_param(sql, filter->value);
}

void sql_count(struct sql *sql, enum entity_id id, int64_t tenant, const struct list_query *query)
{
    sql_reset(sql);
    if (is_kept(sql, id, query)) {
        add_kept_count(sql, id, tenant, query->filters);
        return;
    }
    strbuf_adds(&sql->text, "SELECT count(*)");
    add_matching(sql, id, tenant, query, false);
}

bool sql_counts_all(const struct list_query *query)
{
    return query->filter_count == 0 && query->search.len == 0;
}

/* Walking reads page * rows / matching rows when those that match lie anywhere; looking up reads
 * all that match. Names that are searched lie together in the order of names, maybe at its end, so
 * that order is walked only when looking up is little better than reading everything. */
bool sql_walk_in_order(enum entity_id id, const struct list_query *query, int64_t matching,
                       int64_t rows)
{
    bool together = query->search.len && order_field(id, query)->flags & FIELD_SEARCHED;
    if (matching <= 0 || query->limit < 0 || sql_has_ordered_index(id, query))
        return false;
    if (together && matching < rows / 4)
        return false;
    double page = (double)query->skip + (double)query->limit;
    return page * (double)rows < (double)matching * (double)matching;
}
