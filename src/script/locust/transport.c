/* SPDX-License-Identifier: Apache-2.0
 *
 * How a session reaches servers, as Python makes it. The client keeps one of each.
 */
#include "base/error.h"
#include "load/embedded.h"
#include "script/locust/engine.h"

struct transport_object {
    PyObject_HEAD const struct transport *transport;
    unsigned generation; /* of the engine that it belongs to */
};

/* A path or URL, or NULL for None; -1 and an exception for anything else. */
static int text_of(PyObject *object, const char *what, const char **ret_text)
{
    struct span text;
    *ret_text = NULL;
    if (object == Py_None)
        return 0;
    if (engine_text(object, what, &text) < 0)
        return -1;
    if (memchr(text.ptr, '\0', text.len)) {
        PyErr_Format(PyExc_ValueError, "%s has a zero byte", what);
        return -1;
    }
    *ret_text = text.ptr;
    return 0;
}

static int read_config(PyObject *args, PyObject *keywords, struct transport_config *ret_config)
{
    /* Python's prototype takes what it only reads as char *. */
    static char *NAMES[] = {(char *)"verify",   (char *)"ca_file", (char *)"cert_file",
                            (char *)"key_file", (char *)"proxy",   NULL};
    int verify = 1;
    PyObject *ca = Py_None, *cert = Py_None, *key = Py_None, *proxy = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "|pOOOO", NAMES, &verify, &ca, &cert, &key,
                                     &proxy))
        return -1;
    ret_config->insecure_skip_tls_verify = !verify;
    return text_of(ca, "ca_file", &ret_config->ca_file) < 0 ||
                   text_of(cert, "cert_file", &ret_config->cert_file) < 0 ||
                   text_of(key, "key_file", &ret_config->key_file) < 0 ||
                   text_of(proxy, "proxy", &ret_config->proxy) < 0
               ? -1
               : 0;
}

static PyObject *transport_new_object(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    struct engine *engine = engine_check(engine_of_type(type));
    struct transport_config config = {0};
    struct error err;
    if (!engine || read_config(args, keywords, &config) < 0)
        return NULL;
    const struct transport *transport =
        client_transport(embedded_client(engine->worker), &config, &err);
    if (!transport) {
        PyErr_SetString(PyExc_ValueError, err.message);
        return NULL;
    }
    struct transport_object *object = (struct transport_object *)PyType_GenericAlloc(type, 0);
    if (!object)
        return NULL;
    object->transport = transport;
    object->generation = engine->generation;
    return (PyObject *)object;
}

static void transport_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    freefunc free_memory = (freefunc)PyType_GetSlot(type, Py_tp_free);
    free_memory(self);
    Py_DECREF(type);
}

int transport_of(struct engine *engine, PyObject *object, const struct transport **ret_transport)
{
    struct transport_object *transport = (struct transport_object *)object;
    *ret_transport = NULL;
    if (object == Py_None)
        return 0;
    if (!PyObject_TypeCheck(object, engine->transport_type)) {
        PyErr_SetString(PyExc_TypeError, "transport has to be a Transport or None");
        return -1;
    }
    if (transport->generation != engine->generation) {
        PyErr_SetString(PyExc_RuntimeError, "this Transport is of an engine that was closed");
        return -1;
    }
    *ret_transport = transport->transport;
    return 0;
}

static PyType_Slot SLOTS[] = {
    {Py_tp_new, transport_new_object},
    {Py_tp_dealloc, transport_dealloc},
    {0, NULL},
};

static PyType_Spec SPEC = {
    .name = "locust._engine.Transport",
    .basicsize = sizeof(struct transport_object),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = SLOTS,
};

int transport_add_to(PyObject *module, struct engine *engine)
{
    engine->transport_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &SPEC, NULL);
    return engine->transport_type ? PyModule_AddType(module, engine->transport_type) : -1;
}
