/* SPDX-License-Identifier: Apache-2.0
 *
 * A session's cookies as Python sees them: a table that can be read, added to and taken from.
 */
#include <math.h>

#include "http/cookie_jar.h"
#include "load/host.h"
#include "script/locust/engine.h"

static struct cookie_jar *jar_of(PyObject *self)
{
    struct session_object *session = (struct session_object *)self;
    if (!engine_check(session->engine))
        return NULL;
    if (session->vu)
        return session_jar(host_session(session->vu));
    PyErr_SetString(PyExc_RuntimeError, "this Session is of an engine that was closed");
    return NULL;
}

static PyObject *expiry_object(nsec_t expires_ns)
{
    if (expires_ns == NSEC_NEVER)
        Py_RETURN_NONE;
    return PyFloat_FromDouble((double)expires_ns / 1e9);
}

static PyObject *cookie_object(const struct stored_cookie *cookie)
{
    return Py_BuildValue("(NNNNNNNN)", engine_latin1(cookie->name), engine_latin1(cookie->value),
                         engine_latin1(cookie->domain), engine_latin1(cookie->path),
                         expiry_object(cookie->expires_ns), PyBool_FromLong(cookie->secure),
                         PyBool_FromLong(cookie->http_only), PyBool_FromLong(cookie->is_host_only));
}

PyObject *cookies_list(PyObject *self, PyObject *unused)
{
    size_t count;
    struct cookie_jar *jar = jar_of(self);
    if (!jar)
        return NULL;
    const struct stored_cookie *cookies = cookie_jar_all(jar, clock_wall(), &count);
    PyObject *list = PyList_New((Py_ssize_t)count);
    for (size_t i = 0; list && i < count; i++) {
        PyObject *item = cookie_object(&cookies[i]);
        if (!item)
            Py_CLEAR(list);
        else
            PyList_SetItem(list, (Py_ssize_t)i, item);
    }
    return list;
}

/* The strings of a call as latin-1, which is what headers are. */
struct texts {
    PyObject *bytes[4]; /* owned */
    struct span spans[4];
};

static void texts_done(struct texts *texts)
{
    for (size_t i = 0; i < COUNT_OF(texts->bytes); i++)
        Py_CLEAR(texts->bytes[i]);
}

static int take_text(struct texts *texts, int index, PyObject *object)
{
    char *ptr;
    Py_ssize_t len;
    struct span checked;
    if (!object || engine_text(object, "each of name, value, domain and path", &checked) < 0)
        return -1;
    texts->bytes[index] = PyUnicode_AsLatin1String(object);
    if (!texts->bytes[index] || PyBytes_AsStringAndSize(texts->bytes[index], &ptr, &len) < 0)
        return -1;
    texts->spans[index] = span_of(ptr, (size_t)len);
    return 0;
}

static int take_texts(struct texts *texts, PyObject *args, int count)
{
    for (int i = 0; i < count; i++) {
        if (take_text(texts, i, PyTuple_GetItem(args, i)) < 0)
            return -1;
    }
    return 0;
}

/* Seconds since 1970 from Python; what no clock will show is never, or long ago. */
static nsec_t expiry_of(PyObject *seconds)
{
    double value = seconds == Py_None ? HUGE_VAL : PyFloat_AsDouble(seconds);
    if (!(value > 0))
        return 0;
    return value > 9e9 ? NSEC_NEVER : (nsec_t)(value * 1e9);
}

PyObject *cookies_set(PyObject *self, PyObject *args)
{
    struct cookie_jar *jar = jar_of(self);
    AUTO(texts_done) struct texts texts = {0};
    PyObject *name, *value, *domain, *path, *expires;
    int secure, host_only;
    if (!jar ||
        !PyArg_ParseTuple(args, "OOOOOpp", &name, &value, &domain, &path, &expires, &secure,
                          &host_only) ||
        take_texts(&texts, args, 4) < 0)
        return NULL;
    const struct stored_cookie cookie = {
        .name = texts.spans[0],
        .value = texts.spans[1],
        .domain = texts.spans[2],
        .path = texts.spans[3],
        .expires_ns = expiry_of(expires),
        .secure = secure,
        .is_host_only = host_only,
    };
    if (PyErr_Occurred())
        return NULL;
    if (cookie_jar_put(jar, &cookie, clock_wall()) < 0) {
        PyErr_Format(PyExc_ValueError,
                     "cookie %R: its name or value has characters that would end the header", name);
        return NULL;
    }
    Py_RETURN_NONE;
}

PyObject *cookies_delete(PyObject *self, PyObject *args)
{
    struct cookie_jar *jar = jar_of(self);
    AUTO(texts_done) struct texts texts = {0};
    if (!jar || take_texts(&texts, args, 3) < 0)
        return NULL;
    return PyBool_FromLong(cookie_jar_remove(jar, texts.spans[0], texts.spans[1], texts.spans[2]));
}

PyObject *cookies_clear(PyObject *self, PyObject *unused)
{
    struct cookie_jar *jar = jar_of(self);
    if (!jar)
        return NULL;
    cookie_jar_reset(jar);
    Py_RETURN_NONE;
}
