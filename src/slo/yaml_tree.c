/* SPDX-License-Identifier: Apache-2.0
 *
 * Trees from libyaml's events.
 */
#include "slo/yaml_tree.h"

#include <yaml.h>

#include "base/arena.h"
#include "base/error.h"

#define MAX_DEPTH 32

struct reader {
    yaml_parser_t parser;
    struct arena *arena;
    const char *file;
    struct error *err;
};

static int refuse(struct reader *reader, const yaml_mark_t *mark, const char *what)
{
    error_set(reader->err, EXIT_INVALID_CONFIG, "%s", what);
    return error_at(reader->err, reader->file, (int)mark->line + 1, (int)mark->column + 1);
}

static int next_event(struct reader *reader, yaml_event_t *ret_event)
{
    if (yaml_parser_parse(&reader->parser, ret_event))
        return 0;
    const yaml_parser_t *p = &reader->parser;
    error_set(reader->err, EXIT_INVALID_CONFIG, "this is not YAML: %s%s%s",
              p->problem ? p->problem : "unreadable", p->context ? ", " : "",
              p->context ? p->context : "");
    return error_at(reader->err, reader->file, (int)p->problem_mark.line + 1,
                    (int)p->problem_mark.column + 1);
}

static struct yaml_tree *new_node(struct reader *reader, const yaml_event_t *event,
                                  enum yaml_tree_kind kind)
{
    struct yaml_tree *node = ARENA_NEW(reader->arena, struct yaml_tree);
    node->kind = kind;
    node->line = (int)event->start_mark.line + 1;
    node->column = (int)event->start_mark.column + 1;
    return node;
}

static struct span scalar_text(struct reader *reader, const yaml_event_t *event)
{
    struct span text = span_of((const char *)event->data.scalar.value, event->data.scalar.length);
    return arena_dup_span(reader->arena, text);
}

static bool decorated(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor || event->data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor || event->data.sequence_start.tag;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor || event->data.mapping_start.tag;
    default:
        return event->type == YAML_ALIAS_EVENT;
    }
}

static int read_node(struct reader *reader, const yaml_event_t *event, int depth,
                     struct yaml_tree **ret_node);

static int read_list(struct reader *reader, struct yaml_tree *list, int depth)
{
    struct yaml_tree **end = &list->first;
    for (;;) {
        yaml_event_t event;
        if (next_event(reader, &event) < 0)
            return -1;
        bool over = event.type == YAML_SEQUENCE_END_EVENT;
        int result = over ? 0 : read_node(reader, &event, depth, end);
        yaml_event_delete(&event);
        if (over || result < 0)
            return result;
        end = &(*end)->next;
    }
}

/* The key that `event` is, with its place, in a node that its value will take over. */
static int read_key(struct reader *reader, const struct yaml_tree *map, const yaml_event_t *event,
                    struct yaml_tree *ret_key)
{
    if (event->type != YAML_SCALAR_EVENT || decorated(event))
        return refuse(reader, &event->start_mark, "a key must be plain text");
    ret_key->key = scalar_text(reader, event);
    ret_key->line = (int)event->start_mark.line + 1;
    ret_key->column = (int)event->start_mark.column + 1;
    if (yaml_tree_get(map, ret_key->key.ptr))
        return refuse(reader, &event->start_mark, "this key is there twice: remove one");
    return 0;
}

static int read_value(struct reader *reader, const struct yaml_tree *key, int depth,
                      struct yaml_tree **ret_node)
{
    yaml_event_t event;
    if (next_event(reader, &event) < 0)
        return -1;
    int result = read_node(reader, &event, depth, ret_node);
    yaml_event_delete(&event);
    if (result < 0)
        return -1;
    (*ret_node)->key = key->key;
    (*ret_node)->line = key->line;
    (*ret_node)->column = key->column;
    return 0;
}

static int read_map(struct reader *reader, struct yaml_tree *map, int depth)
{
    struct yaml_tree **end = &map->first;
    for (;;) {
        yaml_event_t event;
        struct yaml_tree key = {0};
        if (next_event(reader, &event) < 0)
            return -1;
        bool over = event.type == YAML_MAPPING_END_EVENT;
        int result = over ? 0 : read_key(reader, map, &event, &key);
        yaml_event_delete(&event);
        if (over || result < 0)
            return result;
        if (read_value(reader, &key, depth, end) < 0)
            return -1;
        end = &(*end)->next;
    }
}

static int read_node(struct reader *reader, const yaml_event_t *event, int depth,
                     struct yaml_tree **ret_node)
{
    if (decorated(event))
        return refuse(reader, &event->start_mark,
                      "anchors, aliases and tags are not supported here: write the value out");
    if (depth >= MAX_DEPTH)
        return refuse(reader, &event->start_mark, "this is nested too deeply (32 levels at most)");
    if (event->type == YAML_SCALAR_EVENT) {
        *ret_node = new_node(reader, event, YAML_TREE_TEXT);
        (*ret_node)->text = scalar_text(reader, event);
        return 0;
    }
    bool is_map = event->type == YAML_MAPPING_START_EVENT;
    struct yaml_tree *node = new_node(reader, event, is_map ? YAML_TREE_MAP : YAML_TREE_LIST);
    *ret_node = node;
    return is_map ? read_map(reader, node, depth + 1) : read_list(reader, node, depth + 1);
}

static int read_documents(struct reader *reader, struct yaml_tree **end)
{
    for (;;) {
        yaml_event_t event;
        if (next_event(reader, &event) < 0)
            return -1;
        yaml_event_type_t type = event.type;
        bool content = type == YAML_SCALAR_EVENT || type == YAML_MAPPING_START_EVENT ||
                       type == YAML_SEQUENCE_START_EVENT || type == YAML_ALIAS_EVENT;
        int result = content ? read_node(reader, &event, 0, end) : 0;
        yaml_event_delete(&event);
        if (result < 0 || type == YAML_STREAM_END_EVENT)
            return result;
        if (content)
            end = &(*end)->next;
    }
}

int yaml_tree_parse(struct arena *arena, struct span input, const char *file,
                    struct yaml_tree **ret_documents, struct error *err)
{
    struct reader reader = {.arena = arena, .file = file, .err = err};
    struct yaml_tree *documents = NULL;
    if (!yaml_parser_initialize(&reader.parser))
        return error_set(err, EXIT_INVALID_CONFIG, "out of memory while reading %s", file);
    yaml_parser_set_input_string(&reader.parser,
                                 (const unsigned char *)(input.ptr ? input.ptr : ""), input.len);
    int result = read_documents(&reader, &documents);
    yaml_parser_delete(&reader.parser);
    if (result == 0)
        *ret_documents = documents;
    return result;
}

const struct yaml_tree *yaml_tree_get(const struct yaml_tree *map, const char *key)
{
    if (!map || map->kind != YAML_TREE_MAP)
        return NULL;
    for (const struct yaml_tree *member = map->first; member; member = member->next) {
        if (span_equal(member->key, span_cstr(key)))
            return member;
    }
    return NULL;
}
