/* SPDX-License-Identifier: Apache-2.0
 *
 * The extension module locust._engine from the inside. Its Python interface is
 * python/locust/_engine.pyi, its mechanism docs/internals/locust.md. Everything runs on the thread
 * that runs gevent's hub, with the interpreter's lock held.
 *
 *   engine    the process' worker and its two descriptors in the hub (engine.c)
 *   samples   what does not come from a session (samples.c)
 *   waiter    a greenlet that waits for something of the engine (waiter.c)
 *   Session   one user's connections and cookies (session.c)
 *             (cookies.c)
 *   Answer    one exchange, from the request on (answer.c)
 *   Transport how sessions reach servers (transport.c)
 *   Entry     one row of Locust's statistics (entry.c)
 */
#ifndef SCRIPT_LOCUST_ENGINE_H
#define SCRIPT_LOCUST_ENGINE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "client/client.h"
#include "loop/timer.h"
#include "script/locust/locust_metrics.h"

struct embedded;
struct plan;
struct registry;
struct snapshot_pipe;
struct vu;

/* The state of the module. */
struct engine {
    PyObject *hub_switch, *getcurrent, *hub; /* NULL while not open */
    PyTypeObject *answer_type, *session_type, *transport_type;
    PyObject *switch_name;    /* "switch" */
    unsigned long thread;     /* that opened it */
    unsigned generation;      /* how often it was closed */
    bool forked;              /* the open engine is the parent's: nothing here may touch it */
    struct arena arena;       /* of the settings */
    struct map hosts;         /* name to address text */
    struct map users_by_name; /* user class to the `struct vu` that carries its tags */
    struct plan *plan;
    struct registry *registry;
    struct locust_metrics metrics;
    struct log log;
    struct embedded *worker;    /* NULL while not open */
    struct snapshot_pipe *pipe; /* NULL: nobody reads snapshots */
    struct list sessions;       /* all that exist */
    bool resumed;               /* the running greenlet just waited, and has not paused since */
    struct list ready;          /* waiters whose greenlets go on */
    struct list naps;           /* those who sleep */
    int timer_fd;
    nsec_t armed_ns;               /* what timer_fd is set to; 0: not, 1: it is readable now */
    bool turned;                   /* since the hub woke up */
    _Atomic int64_t busy_since_ns; /* 0: the hub waits */
    nsec_t lag_ns;                 /* longest since take_lag() */
};

/* NULL and an exception unless open() was called on this thread. */
struct engine *engine_check(struct engine *engine);

/* The engine that a module, or a type of it, belongs to. */
struct engine *engine_of_module(PyObject *module);
struct engine *engine_of_type(PyTypeObject *type);

/* Text of a str, valid as long as it; -1 and an exception when it is none. */
int engine_text(PyObject *object, const char *what, struct span *ret_text);

/* The same for a name that is only shown: what UTF-8 cannot hold becomes \udc80 in letters. A new
 * reference to what the text lives in; NULL and an exception. */
PyObject *engine_label(PyObject *object, const char *what, struct span *ret_text);

/* Bytes that a peer sent as a str: latin-1 never fails (RFC 9110 §5.5). NULL and an exception. */
PyObject *engine_latin1(struct span bytes);

/* waiter.c: in an object on the heap, never on a stack. */
struct waiter {
    struct list link; /* in engine->ready */
    PyObject *greenlet;
    bool done;
};

/* Switches to the hub until waiter_wake(); -1 with the exception that was thrown in meanwhile. */
int waiter_wait(struct engine *engine, struct waiter *waiter);

/* `waiter`'s greenlet goes on at the end of this turn. Harmless when nobody waits. */
void waiter_wake(struct engine *engine, struct waiter *waiter);

/* Switches to the greenlets that are ready, each once; from the hub. */
void waiter_run_ready(struct engine *engine);

/* sleep(seconds). */
PyObject *waiter_sleep(struct engine *engine, double seconds);

/* The engine closes: whoever still sleeps does so until something is thrown into it. */
void waiter_end_naps(struct engine *engine);

/* answer.c: one exchange. In Python's memory, so it lives as long as somebody looks at it. */
struct answer {
    PyObject_HEAD struct engine *engine;
    struct session_object *session; /* held while the exchange is under way */
    struct list link;               /* in session->answers, while it is */
    struct arena arena;
    struct request request;
    struct waiter waiter;
    nsec_t start_wall_ns;
    nsec_t total_ns;   /* asking for a connection to the last byte, or the head's with STREAM */
    PyObject *body;    /* of the request: bytes or str, or NULL */
    PyObject *content; /* bytes, made when asked for */

    bool streams;         /* STREAM: the body comes in pieces */
    bool was_read;        /* by read_chunk(), without STREAM */
    bool over;            /* on_done came, or will not come any more */
    bool gathers;         /* somebody wants all of it: no back-pressure */
    struct strbuf pieces; /* not yet read */
};

/* session.c */
struct session_object {
    PyObject_HEAD struct engine *engine;
    struct list link; /* in engine->sessions */
    struct list answers;
    struct vu *vu; /* NULL once the engine is closed */
};

/* An empty answer of `type`, for a request in its arena; NULL and an exception. */
struct answer *answer_new(struct engine *engine, PyTypeObject *type);

/* Sends its request in `session` and waits for the answer, or with STREAM for its head; -1 with the
 * exception that cut it. */
int answer_await(struct answer *answer, struct session_object *session);

/* The session goes away: nothing more comes. */
void answer_cut(struct answer *answer);

/* transport.c: what a request's argument stands for; NULL for None. -1 and an exception for what is
 * no Transport of this engine. */
int transport_of(struct engine *engine, PyObject *object, const struct transport **ret_transport);

/* samples.c: functions of the module. */
PyObject *samples_set_users(PyObject *module, PyObject *arg);
PyObject *samples_iteration(PyObject *module, PyObject *const *args, Py_ssize_t count);
PyObject *samples_dropped(PyObject *module, PyObject *const *args, Py_ssize_t count);
PyObject *samples_check(PyObject *module, PyObject *const *args, Py_ssize_t count);
PyObject *samples_custom(PyObject *module, PyObject *const *args, Py_ssize_t count);

/* cookies.c: methods of Session. */
PyObject *cookies_list(PyObject *self, PyObject *unused);
PyObject *cookies_set(PyObject *self, PyObject *args);
PyObject *cookies_delete(PyObject *self, PyObject *args);
PyObject *cookies_clear(PyObject *self, PyObject *unused);

/* Before the worker goes: every session loses its user. Whoever waits for an answer does so until
 * something is thrown into it. */
void session_end_all(struct engine *engine);

/* Register a class with the module; -1 and an exception. */
int answer_add_to(PyObject *module, struct engine *engine);
int session_add_to(PyObject *module, struct engine *engine);
int transport_add_to(PyObject *module, struct engine *engine);

#endif
