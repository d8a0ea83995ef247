/* SPDX-License-Identifier: Apache-2.0
 *
 * A session's cookies as Python sees them: a table that can be read, added to and taken from.
 */
#include "http/cookie_jar.h"
#include "load/host.h"
#include "script/locust/engine.h"

static struct cookie_jar *jar_of(PyObject *self)
{
    struct session_object *session = (struct session_object *)self;
    if (engine_check(session->engine) && session->vu)
        return session_jar(host_session(session->vu));
    return NULL;
}

/* str as latin-1, which is what headers are. */
static PyObject *text_object(struct span text)
{
    return PyUnicode_DecodeLatin1(text.ptr ? text.ptr : "", (Py_ssize_t)text.len, NULL);
}

static PyObject *expiry_object(nsec_t expires_ns)
{
    if (expires_ns == NSEC_NEVER)
        Py_RETURN_NONE;
    return PyFloat_FromDouble((double)expires_ns / 1e9);
}

static PyObject *cookie_object(const struct stored_cookie *cookie)
{
    return Py_BuildValue("(NNNNNNNN)", text_object(cookie->name), text_object(cookie->value),
                         text_object(cookie->domain), text_object(cookie->path),
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

/* The first strings of a call, as spans. */
static int texts_of(PyObject *args, struct span *texts, int count)
{
    for (int i = 0; i < count; i++) {
        PyObject *object = PyTuple_GetItem(args, i);
        if (!object || engine_text(object, "each of name, value, domain and path", &texts[i]) < 0)
            return -1;
    }
    return 0;
}

PyObject *cookies_set(PyObject *self, PyObject *args)
{
    struct cookie_jar *jar = jar_of(self);
    PyObject *name, *value, *domain, *path, *expires;
    int secure, host_only;
    struct span texts[4];
    if (!jar ||
        !PyArg_ParseTuple(args, "OOOOOpp", &name, &value, &domain, &path, &expires, &secure,
                          &host_only) ||
        texts_of(args, texts, COUNT_OF(texts)) < 0)
        return NULL;
    double seconds = expires == Py_None ? 0 : PyFloat_AsDouble(expires);
    if (PyErr_Occurred())
        return NULL;
    const struct stored_cookie cookie = {
        .name = texts[0],
        .value = texts[1],
        .domain = texts[2],
        .path = texts[3],
        .expires_ns = expires == Py_None || seconds > 9e9 ? NSEC_NEVER : (nsec_t)(seconds * 1e9),
        .secure = secure,
        .is_host_only = host_only,
    };
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
    struct span texts[3];
    if (!jar || texts_of(args, texts, COUNT_OF(texts)) < 0)
        return NULL;
    return PyBool_FromLong(cookie_jar_remove(jar, texts[0], texts[1], texts[2]));
}

PyObject *cookies_clear(PyObject *self, PyObject *unused)
{
    struct cookie_jar *jar = jar_of(self);
    if (!jar)
        return NULL;
    cookie_jar_reset(jar);
    Py_RETURN_NONE;
}
