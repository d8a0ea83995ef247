/* SPDX-License-Identifier: Apache-2.0
 *
 * What came back, as Python sees it: nothing becomes a Python object before somebody reads it.
 */
#include <stddef.h>

#include "base/strbuf.h"
#include "script/locust/engine.h"

enum {
    ARENA_CHUNK_BYTES = 4096,
};

static struct answer *answer_of(PyObject *self)
{
    return (struct answer *)self;
}

struct answer *answer_new(struct engine *engine, PyTypeObject *type)
{
    if (!PyType_IsSubtype(type, engine->answer_type)) {
        PyErr_SetString(PyExc_TypeError, "the answer's type has to derive from Answer");
        return NULL;
    }
    struct answer *answer = (struct answer *)PyType_GenericAlloc(type, 0);
    if (!answer)
        return NULL;
    answer->engine = engine;
    arena_init(&answer->arena, ARENA_CHUNK_BYTES);
    return answer;
}

void answer_end(struct answer *answer)
{
    list_remove(&answer->link);
    Py_CLEAR(answer->session);
}

static void answer_dealloc(PyObject *self)
{
    struct answer *answer = answer_of(self);
    PyTypeObject *type = Py_TYPE(self);
    arena_done(&answer->arena);
    Py_CLEAR(answer->body);
    Py_CLEAR(answer->content);
    freefunc free_memory = (freefunc)PyType_GetSlot(type, Py_tp_free);
    free_memory(self);
    Py_DECREF(type);
}

/* Bytes that a peer sent as text: latin-1 never fails (RFC 9110 §5.5). */
static PyObject *latin1(struct span text)
{
    return PyUnicode_DecodeLatin1(text.ptr ? text.ptr : "", (Py_ssize_t)text.len, NULL);
}

static const struct response *response_of(PyObject *self)
{
    return &answer_of(self)->request.response;
}

static PyObject *get_status_code(PyObject *self, void *unused)
{
    return PyLong_FromLong(response_of(self)->status);
}

static PyObject *get_reason(PyObject *self, void *unused)
{
    return latin1(response_of(self)->status_text);
}

static PyObject *get_url(PyObject *self, void *unused)
{
    struct span url = answer_of(self)->request.url;
    return PyUnicode_FromStringAndSize(url.ptr, (Py_ssize_t)url.len);
}

static PyObject *get_content(PyObject *self, void *unused)
{
    struct answer *answer = answer_of(self);
    struct span body = answer->request.response.body;
    if (!answer->content)
        answer->content = PyBytes_FromStringAndSize(body.ptr, (Py_ssize_t)body.len);
    Py_XINCREF(answer->content);
    return answer->content;
}

static PyObject *get_body_bytes(PyObject *self, void *unused)
{
    return PyLong_FromSize_t(response_of(self)->body.len);
}

static PyObject *items_of(const struct headers *headers)
{
    PyObject *list = PyList_New((Py_ssize_t)headers->count);
    for (size_t i = 0; list && i < headers->count; i++) {
        struct header *field = &headers->items[i];
        PyObject *pair = Py_BuildValue("(NN)", latin1(field->name), latin1(field->value));
        if (!pair)
            Py_CLEAR(list);
        else
            PyList_SetItem(list, (Py_ssize_t)i, pair);
    }
    return list;
}

static PyObject *get_header_items(PyObject *self, void *unused)
{
    return items_of(&response_of(self)->headers);
}

static PyObject *get_request_header_items(PyObject *self, void *unused)
{
    return items_of(&response_of(self)->request_headers);
}

static PyObject *get_request_method(PyObject *self, void *unused)
{
    return latin1(answer_of(self)->request.method);
}

static PyObject *get_request_body(PyObject *self, void *unused)
{
    struct span body = answer_of(self)->request.body;
    if (!body.ptr)
        Py_RETURN_NONE;
    return PyBytes_FromStringAndSize(body.ptr, (Py_ssize_t)body.len);
}

static PyObject *get_elapsed_ms(PyObject *self, void *unused)
{
    const struct timings *t = &response_of(self)->timings;
    return PyFloat_FromDouble(nsec_to_ms(timings_total_ns(t)));
}

static PyObject *get_start_time(PyObject *self, void *unused)
{
    return PyFloat_FromDouble((double)answer_of(self)->start_wall_ns / 1e9);
}

static PyObject *get_outcome(PyObject *self, void *unused)
{
    static const char *const NAMES[] = {
#define OUTCOME_NAME(symbol, code, text, category) [OUTCOME_##symbol] = #symbol,
        OUTCOME_TABLE(OUTCOME_NAME)
#undef OUTCOME_NAME
    };
    return PyUnicode_FromString(NAMES[response_of(self)->outcome]);
}

static PyObject *get_error(PyObject *self, void *unused)
{
    const char *error = response_of(self)->error;
    return PyUnicode_FromString(error ? error : "");
}

static PyObject *get_http_minor(PyObject *self, void *unused)
{
    return PyLong_FromLong(response_of(self)->http_minor);
}

static PyObject *header(PyObject *self, PyObject *name)
{
    struct answer *answer = answer_of(self);
    struct headers *headers = &answer->request.response.headers;
    struct span text;
    if (engine_text(name, "a header's name", &text) < 0)
        return NULL;
    if (!headers_find(headers, text))
        Py_RETURN_NONE;
    return latin1(headers_joined(headers, &answer->arena, text));
}

static PyGetSetDef ATTRIBUTES[] = {
    {"status_code", get_status_code, NULL, NULL, NULL},
    {"reason", get_reason, NULL, NULL, NULL},
    {"url", get_url, NULL, NULL, NULL},
    {"content", get_content, NULL, NULL, NULL},
    {"body_bytes", get_body_bytes, NULL, NULL, NULL},
    {"header_items", get_header_items, NULL, NULL, NULL},
    {"request_method", get_request_method, NULL, NULL, NULL},
    {"request_header_items", get_request_header_items, NULL, NULL, NULL},
    {"request_body", get_request_body, NULL, NULL, NULL},
    {"elapsed_ms", get_elapsed_ms, NULL, NULL, NULL},
    {"start_time", get_start_time, NULL, NULL, NULL},
    {"outcome", get_outcome, NULL, NULL, NULL},
    {"error", get_error, NULL, NULL, NULL},
    {"http_minor", get_http_minor, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef METHODS[] = {
    {"header", header, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot SLOTS[] = {
    {Py_tp_dealloc, answer_dealloc},
    {Py_tp_getset, ATTRIBUTES},
    {Py_tp_methods, METHODS},
    {0, NULL},
};

static PyType_Spec SPEC = {
    .name = "locust._engine.Answer",
    .basicsize = sizeof(struct answer),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = SLOTS,
};

int answer_add_to(PyObject *module, struct engine *engine)
{
    engine->answer_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &SPEC, NULL);
    return engine->answer_type ? PyModule_AddType(module, engine->answer_type) : -1;
}
