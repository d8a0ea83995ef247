/* SPDX-License-Identifier: Apache-2.0
 *
 * Counting one request is one call from Python: log(). It checks its arguments before it counts
 * anything, so a sample is either in every sum of the row or in none.
 *
 * Locust's sums are Python numbers that start as whole ones and become floats with the first float
 * that is added; its files show the difference ("0" and "0.0"). `struct number` keeps that.
 */
#include "script/locust/entry.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <structmember.h>
#include <time.h>

struct number {
    double value; /* NAN: None */
    bool whole;   /* an int in Python */
};

struct entry {
    PyObject_HEAD;
    PyObject *response_times; /* histogram key -> count; dicts or subclasses of dict, never NULL */
    PyObject *reqs_per_sec;   /* second since 1970 -> count */
    PyObject *fails_per_sec;
    long long num_requests;
    long long num_none_requests;
    long long num_failures;
    struct number total_response_time; /* ms */
    struct number min_response_time;
    struct number max_response_time;
    struct number total_content_length; /* bytes */
    struct number last_request_timestamp;
    double start_time;
    char keeps_snapshots; /* tell _cache_response_times() when a second is over */
};

/* What log() was called with, checked. */
struct sample {
    struct number response_time; /* None: not timed */
    struct number content_length;
    double now;
    PyObject *key; /* histogram key, owned; NULL when not timed */
};

static const struct number zero = {.value = 0, .whole = true};
static const struct number none = {.value = NAN};

static int number_from(PyObject *object, struct number *ret_number)
{
    struct number number = {.whole = PyLong_Check(object)};
    number.value = number.whole ? PyLong_AsDouble(object) : PyFloat_AsDouble(object);
    if (number.value == -1 && PyErr_Occurred())
        return -1;
    if (!isfinite(number.value)) {
        PyErr_Format(PyExc_ValueError, "%R cannot be counted: it must be a finite number", object);
        return -1;
    }
    *ret_number = number;
    return 0;
}

static PyObject *number_to(struct number number)
{
    if (isnan(number.value))
        Py_RETURN_NONE;
    return number.whole ? PyLong_FromDouble(number.value) : PyFloat_FromDouble(number.value);
}

static void number_add(struct number *sum, struct number addend)
{
    sum->value += addend.value;
    sum->whole = sum->whole && addend.whole;
}

/* Locust's rounding. Dividing by a power of ten up to 1000 makes no tie that was none: the
 * quotient's last place is finer than the difference to it. nearbyint() goes half to even. */
static PyObject *histogram_key(double milliseconds)
{
    double unit = milliseconds < 100     ? 1
                  : milliseconds < 1000  ? 10
                  : milliseconds < 10000 ? 100
                                         : 1000;

    return PyLong_FromDouble(nearbyint(milliseconds / unit) * unit);
}

static int bump(PyObject *dict, PyObject *key)
{
    PyObject *old = PyDict_GetItemWithError(dict, key);
    long long count = old ? PyLong_AsLongLong(old) : 0;
    if (PyErr_Occurred())
        return -1;
    PyObject *new = PyLong_FromLongLong(count + 1);
    if (!new)
        return -1;
    int rc = PyDict_SetItem(dict, key, new);
    Py_DECREF(new);
    return rc;
}

static int bump_second(PyObject *dict, double now)
{
    PyObject *key = PyLong_FromLongLong((long long)now);
    int rc = key ? bump(dict, key) : -1;
    Py_XDECREF(key);
    return rc;
}

static int time_from(PyObject *object, double *ret_now)
{
    if (!object || object == Py_None) {
        struct timespec ts;
        clock_gettime(CLOCK_REALTIME, &ts);
        *ret_now = (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
        return 0;
    }
    struct number number;
    if (number_from(object, &number) < 0)
        return -1;
    *ret_now = number.value;
    return 0;
}

static int take_key(PyObject *given, struct sample *sample)
{
    if (isnan(sample->response_time.value))
        return 0;
    if (given && given != Py_None) {
        if (PyObject_Hash(given) == -1)
            return -1;
        sample->key = Py_NewRef(given);
        return 0;
    }
    sample->key = histogram_key(sample->response_time.value);
    return sample->key ? 0 : -1;
}

static int sample_from(PyObject *const *args, Py_ssize_t count, struct sample *ret_sample)
{
    if (count < 2 || count > 4) {
        PyErr_Format(PyExc_TypeError, "log() takes 2 to 4 arguments (%zd given)", count);
        return -1;
    }
    struct sample sample = {.response_time = none, .content_length = zero};
    if (args[0] != Py_None && number_from(args[0], &sample.response_time) < 0)
        return -1;
    if (args[1] != Py_None && number_from(args[1], &sample.content_length) < 0)
        return -1;
    if (time_from(count > 2 ? args[2] : NULL, &sample.now) < 0)
        return -1;
    if (take_key(count > 3 ? args[3] : NULL, &sample) < 0)
        return -1;
    *ret_sample = sample;
    return 0;
}

/* A second is over: what was counted up to its end is kept for the current percentiles. */
static int finish_second(struct entry *self, double now)
{
    if (!self->keeps_snapshots || isnan(self->last_request_timestamp.value) ||
        (long long)now <= (long long)self->last_request_timestamp.value)
        return 0;
    PyObject *done =
        PyObject_CallMethod((PyObject *)self, "_cache_response_times", "L", (long long)now - 1);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

static int count_time(struct entry *self, const struct sample *sample)
{
    if (!sample->key) {
        self->num_none_requests++;
        return 0;
    }
    if (bump(self->response_times, sample->key) < 0)
        return -1;
    struct number time = sample->response_time;
    number_add(&self->total_response_time, time);
    if (isnan(self->min_response_time.value) || time.value < self->min_response_time.value)
        self->min_response_time = time;
    if (time.value > self->max_response_time.value)
        self->max_response_time = time;
    return 0;
}

static PyObject *entry_log(PyObject *object, PyObject *const *args, Py_ssize_t count)
{
    struct entry *self = (struct entry *)object;
    struct sample sample;
    if (sample_from(args, count, &sample) < 0)
        return NULL;
    int rc = finish_second(self, sample.now);
    if (rc == 0)
        rc = bump_second(self->reqs_per_sec, sample.now);
    if (rc == 0)
        rc = count_time(self, &sample);
    Py_XDECREF(sample.key);
    if (rc < 0)
        return NULL;
    self->num_requests++;
    number_add(&self->total_content_length, sample.content_length);
    self->last_request_timestamp = (struct number){.value = sample.now};
    Py_RETURN_NONE;
}

static PyObject *entry_log_error(PyObject *object, PyObject *const *args, Py_ssize_t count)
{
    if (count > 2) {
        PyErr_Format(PyExc_TypeError, "log_error() takes up to 2 arguments (%zd given)", count);
        return NULL;
    }
    struct entry *self = (struct entry *)object;
    double now;
    if (time_from(count > 1 ? args[1] : NULL, &now) < 0)
        return NULL;
    if (bump_second(self->fails_per_sec, now) < 0)
        return NULL;
    self->num_failures++;
    Py_RETURN_NONE;
}

/* Attributes. The closure of a getter and setter is the field's offset. */

static void *field_at(PyObject *self, void *offset)
{
    return (char *)self + (size_t)offset;
}

static int reject_delete(PyObject *value)
{
    if (!value)
        PyErr_SetString(PyExc_AttributeError, "a count cannot be deleted: set it to 0");
    return value ? 0 : -1;
}

static PyObject *get_number(PyObject *self, void *offset)
{
    return number_to(*(struct number *)field_at(self, offset));
}

static int set_number(PyObject *self, PyObject *value, void *offset)
{
    if (reject_delete(value) < 0)
        return -1;
    struct number *number = field_at(self, offset);
    if (value != Py_None)
        return number_from(value, number);
    *number = none;
    return 0;
}

static PyObject *get_dict(PyObject *self, void *offset)
{
    return Py_NewRef(*(PyObject **)field_at(self, offset));
}

static int set_dict(PyObject *self, PyObject *value, void *offset)
{
    if (reject_delete(value) < 0)
        return -1;
    if (!PyDict_Check(value)) {
        PyErr_Format(PyExc_TypeError, "%R cannot hold counts: it must be a dict", value);
        return -1;
    }
    PyObject **dict = field_at(self, offset);
    PyObject *old = *dict;
    *dict = Py_NewRef(value);
    Py_XDECREF(old);
    return 0;
}

static PyObject *entry_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    allocfunc alloc = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    struct entry *self = (struct entry *)alloc(type, 0);
    if (!self)
        return NULL;
    self->response_times = PyDict_New();
    self->reqs_per_sec = PyDict_New();
    self->fails_per_sec = PyDict_New();
    if (!self->response_times || !self->reqs_per_sec || !self->fails_per_sec) {
        Py_DECREF(self);
        return NULL;
    }
    self->total_response_time = zero;
    self->max_response_time = zero;
    self->total_content_length = zero;
    self->min_response_time = none;
    self->last_request_timestamp = none;
    return (PyObject *)self;
}

static int entry_traverse(PyObject *object, visitproc visit, void *arg)
{
    struct entry *self = (struct entry *)object;
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(self->response_times);
    Py_VISIT(self->reqs_per_sec);
    Py_VISIT(self->fails_per_sec);
    return 0;
}

/* No tp_clear: counts hold numbers only, and a row without its dicts would not be one. */
static void entry_dealloc(PyObject *object)
{
    struct entry *self = (struct entry *)object;
    PyTypeObject *type = Py_TYPE(object);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);

    PyObject_GC_UnTrack(object);
    Py_XDECREF(self->response_times);
    Py_XDECREF(self->reqs_per_sec);
    Py_XDECREF(self->fails_per_sec);
    release(object);
    Py_DECREF(type);
}

#define FAST(function) ((PyCFunction)(void (*)(void))(function))
#define OFFSET(field)  ((void *)offsetof(struct entry, field))

static PyMethodDef methods[] = {
    {"log", FAST(entry_log), METH_FASTCALL, NULL},
    {"log_error", FAST(entry_log_error), METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef members[] = {
    {"num_requests", T_LONGLONG, offsetof(struct entry, num_requests), 0, NULL},
    {"num_none_requests", T_LONGLONG, offsetof(struct entry, num_none_requests), 0, NULL},
    {"num_failures", T_LONGLONG, offsetof(struct entry, num_failures), 0, NULL},
    {"start_time", T_DOUBLE, offsetof(struct entry, start_time), 0, NULL},
    {"use_response_times_cache", T_BOOL, offsetof(struct entry, keeps_snapshots), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef attributes[] = {
    {"total_response_time", get_number, set_number, NULL, OFFSET(total_response_time)},
    {"min_response_time", get_number, set_number, NULL, OFFSET(min_response_time)},
    {"max_response_time", get_number, set_number, NULL, OFFSET(max_response_time)},
    {"total_content_length", get_number, set_number, NULL, OFFSET(total_content_length)},
    {"last_request_timestamp", get_number, set_number, NULL, OFFSET(last_request_timestamp)},
    {"response_times", get_dict, set_dict, NULL, OFFSET(response_times)},
    {"num_reqs_per_sec", get_dict, set_dict, NULL, OFFSET(reqs_per_sec)},
    {"num_fail_per_sec", get_dict, set_dict, NULL, OFFSET(fails_per_sec)},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_new, entry_new},
    {Py_tp_dealloc, entry_dealloc},
    {Py_tp_traverse, entry_traverse},
    {Py_tp_methods, methods},
    {Py_tp_members, members},
    {Py_tp_getset, attributes},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "locust._engine.Entry",
    .basicsize = sizeof(struct entry),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = slots,
};

int entry_add_to(PyObject *module)
{
    PyObject *type = PyType_FromSpec(&spec);
    if (!type)
        return -1;
    int rc = PyModule_AddObjectRef(module, "Entry", type);
    Py_DECREF(type);
    return rc;
}
