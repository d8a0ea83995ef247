/* SPDX-License-Identifier: Apache-2.0
 *
 * A user's connections and cookies, and the one call that a locustfile's load goes through.
 */
#include <stddef.h>

#include "base/strbuf.h"
#include "http/charset.h"
#include "http/cookie_jar.h"
#include "http/url.h"
#include "load/embedded.h"
#include "load/host.h"
#include "script/locust/engine.h"

/* The arguments of Session.request(), by position. */
enum argument {
    METHOD,
    URL,
    NAME,
    COMMON,
    HEADERS,
    BODY,
    TRANSPORT,
    CONNECT_TIMEOUT,
    READ_TIMEOUT,
    FLAGS,
    ANSWER_TYPE,
    ARGUMENT_COUNT,
};

enum flag {
    FLAG_STREAM = 1,
    FLAG_NO_COOKIES = 2,
    FLAG_RETRY = 4,
};

static struct session_object *session_of(PyObject *self)
{
    return (struct session_object *)self;
}

/* Headers */

static int check_field(struct span name, struct span value)
{
    if (charset_is_token(name) && charset_is_field_value(value))
        return 0;
    PyErr_Format(PyExc_ValueError,
                 "header %.100s: a name must be letters, digits and dashes, a value must not "
                 "contain line breaks or other control characters",
                 name.len ? name.ptr : "");
    return -1;
}

static void drop(PyObject **object)
{
    Py_XDECREF(*object);
}

/* str is sent as latin-1, as requests does; ASCII needs no copy of its own. */
static int value_of(PyObject *object, struct arena *arena, struct span *ret_value)
{
    AUTO(drop) PyObject *encoded = NULL;
    if (PyUnicode_Check(object)) {
        Py_ssize_t len;
        const char *text = PyUnicode_AsUTF8AndSize(object, &len);
        if (text && len == PyUnicode_GetLength(object)) {
            *ret_value = span_of(text, (size_t)len);
            return 0;
        }
        PyErr_Clear();
        object = encoded = PyUnicode_AsLatin1String(object);
    }
    char *bytes;
    Py_ssize_t len;
    if (!object || PyBytes_AsStringAndSize(object, &bytes, &len) < 0)
        return -1;
    *ret_value = arena_dup_span(arena, span_of(bytes, (size_t)len));
    return 0;
}

/* None is a header that is not sent. */
static int add_field(struct answer *answer, PyObject *name, PyObject *value)
{
    struct span name_text, value_text;
    if (value == Py_None)
        return 0;
    if (value_of(name, &answer->arena, &name_text) < 0 ||
        value_of(value, &answer->arena, &value_text) < 0 || check_field(name_text, value_text) < 0)
        return -1;
    headers_add(&answer->request.headers, &answer->arena, name_text, value_text);
    return 0;
}

static bool same_name(PyObject *a, PyObject *b)
{
    Py_ssize_t a_len, b_len;
    const char *a_text = PyUnicode_Check(a) ? PyUnicode_AsUTF8AndSize(a, &a_len) : NULL;
    const char *b_text = PyUnicode_Check(b) ? PyUnicode_AsUTF8AndSize(b, &b_len) : NULL;
    PyErr_Clear();
    return a_text && b_text &&
           span_equal_nocase(span_of(a_text, (size_t)a_len), span_of(b_text, (size_t)b_len));
}

/* The field of `headers` that takes the place of a session's; borrowed, NULL when there is none. */
static PyObject *find_own(PyObject *headers, PyObject *lower_name, PyObject **ret_name)
{
    PyObject *name, *value;
    Py_ssize_t at = 0;
    while (headers != Py_None && PyDict_Next(headers, &at, &name, &value)) {
        if (same_name(name, lower_name)) {
            *ret_name = name;
            return value;
        }
    }
    return NULL;
}

static int add_common(struct answer *answer, PyObject *common, PyObject *headers)
{
    PyObject *lower_name, *pair, *name;
    Py_ssize_t at = 0;
    while (common != Py_None && PyDict_Next(common, &at, &lower_name, &pair)) {
        PyObject *value = find_own(headers, lower_name, &name);
        if (!value && !PyTuple_Check(pair)) {
            PyErr_SetString(PyExc_TypeError, "common has to have (name, value) tuples");
            return -1;
        }
        if (!value) {
            name = PyTuple_GetItem(pair, 0);
            value = PyTuple_GetItem(pair, 1);
        }
        if (!name || !value || add_field(answer, name, value) < 0)
            return -1;
    }
    return 0;
}

static bool is_common(PyObject *common, PyObject *name)
{
    PyObject *lower_name, *pair;
    Py_ssize_t at = 0;
    while (common != Py_None && PyDict_Next(common, &at, &lower_name, &pair)) {
        if (same_name(name, lower_name))
            return true;
    }
    return false;
}

/* The session's in their order, those of the call in the place of their namesakes, then the
 * call's others: the order in which requests sends them. */
static int add_headers(struct answer *answer, PyObject *common, PyObject *headers)
{
    PyObject *name, *value;
    Py_ssize_t at = 0;
    if (add_common(answer, common, headers) < 0)
        return -1;
    while (headers != Py_None && PyDict_Next(headers, &at, &name, &value)) {
        if (!is_common(common, name) && add_field(answer, name, value) < 0)
            return -1;
    }
    return 0;
}

/* The rest of a request */

static int check_dict(PyObject *object, const char *what)
{
    if (object == Py_None || PyDict_Check(object))
        return 0;
    PyErr_Format(PyExc_TypeError, "%s has to be a dict or None", what);
    return -1;
}

static int set_body(struct answer *answer, PyObject *body)
{
    Py_ssize_t len;
    char *bytes;
    if (body == Py_None)
        return 0;
    if (PyUnicode_Check(body)) {
        if (engine_text(body, "the body", &answer->request.body) < 0)
            return -1;
    } else {
        if (PyBytes_AsStringAndSize(body, &bytes, &len) < 0)
            return -1;
        answer->request.body = span_of(bytes, (size_t)len);
    }
    Py_INCREF(answer->body = body);
    return 0;
}

static int copy_text(struct answer *answer, PyObject *object, const char *what,
                     struct span *ret_text)
{
    struct span text;
    if (engine_text(object, what, &text) < 0)
        return -1;
    *ret_text = arena_dup_span(&answer->arena, text);
    return 0;
}

static int copy_name(struct answer *answer, PyObject *object)
{
    struct span text;
    PyObject *label = engine_label(object, "the name", &text);
    if (!label)
        return -1;
    answer->request.name = arena_dup_span(&answer->arena, text);
    Py_DECREF(label);
    return 0;
}

static int check_url(struct span text)
{
    struct url url;
    const char *problem;
    if (url_parse(text, &url, &problem) == 0)
        return 0;
    PyErr_Format(PyExc_ValueError, "%.500s: %s", text.ptr, problem);
    return -1;
}

static nsec_t timeout_of(PyObject *seconds, nsec_t none_ns)
{
    double value = PyFloat_AsDouble(seconds);
    return value > 0 && value < 1e9 ? MAX_OF((nsec_t)(value * 1e9), 1) : none_ns;
}

static int check_method(struct span method)
{
    if (charset_is_token(method))
        return 0;
    PyErr_Format(PyExc_ValueError, "invalid HTTP method '%.100s': write letters, as in GET",
                 method.ptr);
    return -1;
}

static int fill(struct answer *answer, struct vu *vu, PyObject *const *args)
{
    struct request *request = &answer->request;
    host_request_init(vu, request, &answer->arena);
    request->silent = !answer->engine->pipe; /* nobody reads the series then */
    request->keep_headers = true;
    request->keep_broken_head = true;
    request->headers_as_given = true;
    request->timeout_ns = NSEC_NEVER;
    request->connect_timeout_ns = timeout_of(args[CONNECT_TIMEOUT], NSEC_NEVER);
    request->idle_timeout_ns = timeout_of(args[READ_TIMEOUT], 0);
    long flags = PyLong_AsLong(args[FLAGS]);
    answer->streams = flags & FLAG_STREAM;
    request->retry = flags & FLAG_RETRY ? RETRY_ALWAYS : RETRY_NEVER;
    if (flags & FLAG_NO_COOKIES)
        request->jar = NULL;
    if (PyErr_Occurred() || check_dict(args[COMMON], "common") < 0 ||
        check_dict(args[HEADERS], "headers") < 0)
        return -1;
    return copy_text(answer, args[METHOD], "the method", &request->method) < 0 ||
                   check_method(request->method) < 0 ||
                   copy_text(answer, args[URL], "the URL", &request->url) < 0 ||
                   check_url(request->url) < 0 || copy_name(answer, args[NAME]) < 0 ||
                   add_headers(answer, args[COMMON], args[HEADERS]) < 0 ||
                   transport_of(answer->engine, args[TRANSPORT], &request->transport) < 0
               ? -1
               : set_body(answer, args[BODY]);
}

static PyObject *request(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    struct session_object *session = session_of(self);
    struct engine *engine = engine_check(session->engine);
    if (!engine)
        return NULL;
    if (count != ARGUMENT_COUNT || !session->vu || !PyType_Check(args[ANSWER_TYPE])) {
        PyErr_Format(PyExc_TypeError, "Session.request() takes %d arguments on an open engine",
                     ARGUMENT_COUNT);
        return NULL;
    }
    struct answer *answer = answer_new(engine, (PyTypeObject *)args[ANSWER_TYPE]);
    if (!answer)
        return NULL;
    if (fill(answer, session->vu, args) == 0 && answer_await(answer, session) == 0)
        return (PyObject *)answer;
    Py_DECREF(answer);
    return NULL;
}

/* The class */

static PyObject *session_new_object(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    struct engine *engine = engine_check(engine_of_type(type));
    const char *name;
    Py_ssize_t len;
    if (!engine || !PyArg_ParseTuple(args, "s#", &name, &len))
        return NULL;
    struct session_object *session = (struct session_object *)PyType_GenericAlloc(type, 0);
    if (!session)
        return NULL;
    session->engine = engine;
    list_init(&session->answers);
    list_push_back(&engine->sessions, &session->link);
    session->vu = embedded_user_new(engine->worker, span_of(name, (size_t)len));
    cookie_jar_keep_verbatim(session_jar(host_session(session->vu)));
    return (PyObject *)session;
}

static void session_dealloc(PyObject *self)
{
    struct session_object *session = session_of(self);
    PyTypeObject *type = Py_TYPE(self);
    list_remove(&session->link);
    if (!session->engine->forked)
        embedded_user_free(&session->vu);
    freefunc free_memory = (freefunc)PyType_GetSlot(type, Py_tp_free);
    free_memory(self);
    Py_DECREF(type);
}

/* Answers that are under way never come; who waits for one does so until something is thrown. */
static void end(struct session_object *session)
{
    struct list *link;
    while ((link = list_pop_front(&session->answers)))
        answer_cut(CONTAINER_OF(link, struct answer, link));
    embedded_user_free(&session->vu);
}

void session_end_all(struct engine *engine)
{
    struct list *link;
    while ((link = list_pop_front(&engine->sessions)))
        end(CONTAINER_OF(link, struct session_object, link));
}

static PyObject *close_session(PyObject *self, PyObject *unused)
{
    struct session_object *session = session_of(self);
    if (session->vu)
        session_close_idle(host_session(session->vu));
    Py_RETURN_NONE;
}

#define FAST(function) ((PyCFunction)(void (*)(void))(function))

static PyMethodDef METHODS[] = {
    {"request", FAST(request), METH_FASTCALL, NULL},
    {"close", close_session, METH_NOARGS, NULL},
    {"cookies", cookies_list, METH_NOARGS, NULL},
    {"set_cookie", cookies_set, METH_VARARGS, NULL},
    {"delete_cookie", cookies_delete, METH_VARARGS, NULL},
    {"clear_cookies", cookies_clear, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot SLOTS[] = {
    {Py_tp_new, session_new_object},
    {Py_tp_dealloc, session_dealloc},
    {Py_tp_methods, METHODS},
    {0, NULL},
};

static PyType_Spec SPEC = {
    .name = "locust._engine.Session",
    .basicsize = sizeof(struct session_object),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = SLOTS,
};

int session_add_to(PyObject *module, struct engine *engine)
{
    engine->session_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &SPEC, NULL);
    if (!engine->session_type || PyModule_AddType(module, engine->session_type) < 0 ||
        PyModule_AddIntConstant(module, "STREAM", FLAG_STREAM) < 0 ||
        PyModule_AddIntConstant(module, "RETRY", FLAG_RETRY) < 0)
        return -1;
    return PyModule_AddIntConstant(module, "NO_COOKIES", FLAG_NO_COOKIES);
}
