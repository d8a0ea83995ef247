/* SPDX-License-Identifier: Apache-2.0
 *
 * What came back, as Python sees it: nothing becomes a Python object before somebody reads it.
 */
#include <stddef.h>

#include "base/strbuf.h"
#include "load/embedded.h"
#include "load/host.h"
#include "script/locust/engine.h"

enum {
    ARENA_CHUNK_BYTES = 4096,
    PAUSE_BYTES = 256 << 10, /* what is kept of a stream that nobody reads */
    STREAM_MAX_BYTES = 1 << 30,
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
    strbuf_init(&answer->pieces, STREAM_MAX_BYTES);
    return answer;
}

/* The session is held while the exchange needs its connection. */
static void let_session_go(struct answer *answer)
{
    list_remove(&answer->link);
    PyObject *session = (PyObject *)TAKE(answer->session);
    Py_XDECREF(session);
}

/* Callbacks of the client, inside of the loop's turn. */

static struct answer *answer_of_request(struct request *request)
{
    return CONTAINER_OF(request, struct answer, request);
}

static void on_head(struct request *request)
{
    struct answer *answer = answer_of_request(request);
    answer->total_ns = timings_total_ns(&request->response.timings);
    waiter_wake(answer->engine, &answer->waiter);
}

static void on_body(struct request *request, struct span piece)
{
    struct answer *answer = answer_of_request(request);
    strbuf_add_span(&answer->pieces, piece);
    if (answer->pieces.len >= PAUSE_BYTES && !answer->gathers)
        request_pause(request);
    waiter_wake(answer->engine, &answer->waiter);
}

static void on_done(struct request *request)
{
    struct answer *answer = answer_of_request(request);
    answer->over = true;
    if (answer->total_ns == 0)
        answer->total_ns = timings_total_ns(&request->response.timings);
    if (answer->engine->pipe)
        embedded_record_bytes(answer->session->vu);
    waiter_wake(answer->engine, &answer->waiter);
}

void answer_cut(struct answer *answer)
{
    answer->over = true;
    answer->request.response.outcome = OUTCOME_CUT;
}

/* Waiting */

/* Until the next callback; -1 with an exception, which cuts the request. */
static int await(struct answer *answer)
{
    answer->waiter.done = false;
    if (waiter_wait(answer->engine, &answer->waiter) == 0)
        return 0;
    if (!answer->over)
        host_request_cancel(&answer->request);
    answer->over = true;
    answer->request.response.outcome = OUTCOME_CUT;
    let_session_go(answer);
    return -1;
}

int answer_await(struct answer *answer, struct session_object *session)
{
    Py_INCREF((PyObject *)session);
    answer->session = session;
    list_push_back(&session->answers, &answer->link);
    answer->start_wall_ns = clock_wall();
    answer->request.on_done = on_done;
    if (answer->streams) {
        answer->request.on_head = on_head;
        answer->request.on_body = on_body;
    }
    host_request_start(session->vu, &answer->request);
    if (await(answer) < 0)
        return -1;
    if (answer->over)
        let_session_go(answer);
    return 0;
}

/* Until there is a piece, or with `gathers` the whole body, or the end. */
static int await_pieces(struct answer *answer)
{
    if (!engine_check(answer->engine))
        return -1;
    if (answer->waiter.greenlet) {
        PyErr_SetString(PyExc_RuntimeError, "another greenlet is reading this answer: read it in "
                                            "one of them");
        return -1;
    }
    while (!answer->over && (answer->gathers || answer->pieces.len == 0)) {
        if (await(answer) < 0)
            return -1;
    }
    if (answer->over)
        let_session_go(answer);
    return 0;
}

static PyObject *take_pieces(struct answer *answer)
{
    struct span text = strbuf_span(&answer->pieces);
    PyObject *bytes = PyBytes_FromStringAndSize(text.ptr, (Py_ssize_t)text.len);
    strbuf_done(&answer->pieces);
    if (!answer->over)
        request_resume(&answer->request);
    return bytes;
}

/* All that is left of a stream. What nobody read may have paused it. */
static PyObject *gather(struct answer *answer)
{
    answer->gathers = true;
    if (!answer->over)
        request_resume(&answer->request);
    return await_pieces(answer) < 0 ? NULL : take_pieces(answer);
}

static void close_stream(struct answer *answer)
{
    if (!answer->over) {
        host_request_close(&answer->request);
        answer->over = true;
        waiter_wake(answer->engine, &answer->waiter); /* another greenlet may be reading */
    }
    let_session_go(answer);
}

static void answer_dealloc(PyObject *self)
{
    struct answer *answer = answer_of(self);
    PyTypeObject *type = Py_TYPE(self);
    if (answer->session)
        close_stream(answer);
    strbuf_done(&answer->pieces);
    arena_done(&answer->arena);
    Py_CLEAR(answer->body);
    Py_CLEAR(answer->content);
    freefunc free_memory = (freefunc)PyType_GetSlot(type, Py_tp_free);
    free_memory(self);
    Py_DECREF(type);
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
    return engine_latin1(response_of(self)->status_text);
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
        answer->content = answer->streams
                              ? gather(answer)
                              : PyBytes_FromStringAndSize(body.ptr, (Py_ssize_t)body.len);
    Py_XINCREF(answer->content);
    return answer->content;
}

static PyObject *get_body_bytes(PyObject *self, void *unused)
{
    return PyLong_FromSize_t(response_of(self)->body.len);
}

static PyObject *get_broken_bytes(PyObject *self, void *unused)
{
    return PyLong_FromSize_t(response_of(self)->broken_bytes);
}

static PyObject *items_of(const struct headers *headers)
{
    PyObject *list = PyList_New((Py_ssize_t)headers->count);
    for (size_t i = 0; list && i < headers->count; i++) {
        struct header *field = &headers->items[i];
        PyObject *pair =
            Py_BuildValue("(NN)", engine_latin1(field->name), engine_latin1(field->value));
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
    return engine_latin1(answer_of(self)->request.method);
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
    return PyFloat_FromDouble(nsec_to_ms(answer_of(self)->total_ns));
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
    const char *error = response_of(self)->error, *problem = response_of(self)->tls_problem;
    if (error && problem && problem[0] && strcmp(error, problem) != 0)
        return PyUnicode_FromFormat("%s: %s", error, problem);
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
    return engine_latin1(headers_joined(headers, &answer->arena, text));
}

static PyObject *read_chunk(PyObject *self, PyObject *unused)
{
    struct answer *answer = answer_of(self);
    if (!answer->streams) {
        if (answer->was_read)
            return PyBytes_FromStringAndSize(NULL, 0);
        answer->was_read = true;
        return get_content(self, NULL);
    }
    return await_pieces(answer) < 0 ? NULL : take_pieces(answer);
}

static PyObject *release(PyObject *self, PyObject *unused)
{
    struct answer *answer = answer_of(self);
    if (answer->session && engine_check(answer->engine))
        close_stream(answer);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

static PyGetSetDef ATTRIBUTES[] = {
    {"status_code", get_status_code, NULL, NULL, NULL},
    {"reason", get_reason, NULL, NULL, NULL},
    {"url", get_url, NULL, NULL, NULL},
    {"content", get_content, NULL, NULL, NULL},
    {"body_bytes", get_body_bytes, NULL, NULL, NULL},
    {"broken_bytes", get_broken_bytes, NULL, NULL, NULL},
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
    {"read_chunk", read_chunk, METH_NOARGS, NULL},
    {"release", release, METH_NOARGS, NULL},
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
